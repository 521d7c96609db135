import { Badge, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { gainQuery } from '../api/queries.ts';
import { fixed } from '../data/format.ts';
import { useSessionKey } from '../session/session-layout.tsx';
import { Fault } from '../ui/fault.tsx';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.ts';
import classes from './gain.module.css';
import { type GainBar, gainBars, gainPictureRatio } from './gain.ts';
import { BestSettingButton } from './gain-best-button.tsx';

const VERDICT_COLOURS = {
  ...{ no_gain: 'gray', pending: 'gray', thin: 'yellow' },
  ...{ agrees: 'teal', contradicts: 'red', absent: 'orange' },
} as const;

/** How the gain lies on the movies: verdict, all orientations with their scores, and the pattern before and after. */
export function GainTab() {
  const key = useSessionKey();
  const { data, error, refetch } = useQuery(gainQuery(key));
  if (error && !data)
    return <Fault title={text.gain.loadFailed} error={error} again={() => void refetch()} />;
  if (!data) return <Skeleton height={320} radius={10} />;
  const { verdict, gain, margin, movies, message, remedy, base, picture } = data;
  const tiles = verdict === 'contradicts' ? 3 : 2;
  const facts = [
    [text.gain.reference, gain?.path ?? text.movie.noGain],
    [text.gain.set, gain ? text.gain.setting(gain.rotate, gain.flip) : text.none],
    [text.gain.best, data.best ? text.gain.setting(data.best.rotate, data.best.flip) : text.gain.cannotTell],
    [
      text.gain.margin,
      margin === null ? text.none : text.gain.marginOf(fixed(margin, 2), fixed(data.error, 3)),
    ],
    [text.gain.evidence, text.gain.evidenceOf(movies)],
  ] as const;
  return (
    <div className={classes.grid}>
      <section className={`card ${classes.block}`} aria-label={text.gain.title}>
        <div className={classes.head}>
          <h2>{text.gain.title}</h2>
          <Badge color={VERDICT_COLOURS[verdict]} variant="light">
            {text.gain.verdicts[verdict]}
          </Badge>
        </div>
        <Text size="sm">{message}</Text>
        {remedy !== '' && (
          <Text size="sm" mt={4}>
            <b>{text.failures.remedy}:</b> {remedy}
          </Text>
        )}
        <BestSettingButton judgement={data} />
        <dl className={classes.facts}>
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className={`card ${classes.block}`}>
        <h2>{text.gain.scores}</h2>
        <Text size="sm" c="var(--muted)">
          {text.gain.scoresHelp}
        </Text>
        {data.scores.length === 0 ? (
          <Text size="sm" mt="sm">
            {text.gain.noScores}
          </Text>
        ) : (
          <ul className={classes.bars} aria-label={text.gain.scores}>
            {gainBars(data).map((bar) => (
              <Bar key={bar.key} bar={bar} />
            ))}
          </ul>
        )}
      </section>
      <section className={`card ${classes.block} ${classes.full}`}>
        <h2>{text.gain.picture}</h2>
        <Text size="sm" c="var(--muted)">
          {text.gain.pictureHelp}
        </Text>
        <div className={classes.picture} style={{ maxWidth: tiles * 256 }}>
          <Picture
            src={picture}
            alt={text.gain.pictureAlt}
            ratio={gainPictureRatio(verdict)}
            fit="contain"
            missing={text.gain.noPicture}
          />
        </div>
        {base !== null && (
          <Text size="sm">
            {text.gain.pictureOf}{' '}
            <Link to="/s/$project/$user/$session/movie/$base" params={{ ...key, base }}>
              {base}
            </Link>
          </Text>
        )}
      </section>
    </div>
  );
}

function Bar({ bar: { label, setting, score, isSet, isBest } }: { bar: GainBar }) {
  const words = setting ? text.gain.setting(setting.rotate, setting.flip) : '';
  return (
    <li data-best={isBest} data-wrong={isSet && !isBest}>
      <span className={classes.label}>
        {label}
        {words && <small className="muted"> {words}</small>}
      </span>
      <span className={classes.track} aria-hidden>
        <span style={{ width: `${100 * Math.min(1, Math.max(0, score))}%` }} />
      </span>
      <span className={classes.value}>{fixed(score, 2)}</span>
      <span className={classes.tags}>
        {isSet && (
          <Badge size="xs" variant="outline" color="gray">
            {text.gain.tagSet}
          </Badge>
        )}
        {isBest && (
          <Badge size="xs" variant="filled" color="teal">
            {text.gain.tagBest}
          </Badge>
        )}
      </span>
    </li>
  );
}
