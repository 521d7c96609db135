import { Badge, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { gainQuery } from '../api/queries.ts';
import { numberText } from '../data/format.ts';
import { gainPictureRatio } from '../data/gain-picture.ts';
import { NONE } from '../data/words.ts';
import { useSessionKey } from '../state/session-context.ts';
import { ErrorMessage } from '../ui/error-message.tsx';
import { Picture } from '../ui/picture.tsx';
import { gainPictureWords, uiWords } from '../ui/words.ts';
import classes from './gain.module.css';
import { type GainBar, gainBars, isInverted } from './gain.ts';
import { BestSettingButton } from './gain-best-button.tsx';
import { gainWords } from './words.ts';

const VERDICT_COLORS = {
  no_gain: 'gray',
  pending: 'gray',
  thin: 'yellow',
  agrees: 'teal',
  contradicts: 'red',
  absent: 'orange',
} as const;
/** Width of a panel of the image. */
const PANEL_PX = 256;

/**
 * Whether the gain orientation is right: result, scores of all orientations, and the pattern before and after
 * correction.
 */
export function GainTab() {
  const key = useSessionKey();
  const { data, error, refetch } = useQuery(gainQuery(key));
  if (error && !data)
    return <ErrorMessage title={gainWords.loadFailed} error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height={320} radius={10} />;
  const { verdict, gain, margin, movies, message, remedy, base, picture } = data;
  const panels = verdict === 'contradicts' ? 3 : 2;
  const facts = [
    [gainWords.reference, gain?.path ?? gainWords.noGain],
    [gainWords.set, gain ? gainWords.setting(gain) : NONE],
    [gainWords.best, data.best ? gainWords.setting(data.best) : gainWords.inconclusive],
    [
      gainWords.margin,
      margin === null ? NONE : gainWords.marginOf(numberText(margin, 2), numberText(data.error, 3)),
    ],
    [gainWords.evidence, gainWords.evidenceOf(movies)],
  ] as const;
  return (
    <div className={classes.grid}>
      <section className={`card ${classes.block}`} aria-label={gainWords.title}>
        <div className={classes.head}>
          <h2>{gainWords.title}</h2>
          <Badge color={VERDICT_COLORS[verdict]} variant="light">
            {isInverted(data) ? gainWords.inverted : gainWords.verdicts[verdict]}
          </Badge>
        </div>
        <Text size="sm">{message}</Text>
        {remedy !== '' && (
          <Text size="sm" mt={4}>
            <b>{uiWords.remedy}:</b> {remedy}
          </Text>
        )}
        <BestSettingButton gainCheck={data} />
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
        <h2>{gainWords.scores}</h2>
        <Text size="sm" c="var(--muted)">
          {gainWords.scoresHelp}
        </Text>
        {data.scores.length === 0 ? (
          <Text size="sm" mt="sm">
            {gainWords.noScores}
          </Text>
        ) : (
          <ul className={classes.bars} aria-label={gainWords.scores}>
            {gainBars(data).map((bar) => (
              <Bar key={bar.key} bar={bar} isInverted={isInverted(data) && bar.setting !== null} />
            ))}
          </ul>
        )}
      </section>
      <section className={`card ${classes.block} ${classes.full}`}>
        <h2>{gainPictureWords.title}</h2>
        <Text size="sm" c="var(--muted)">
          {gainPictureWords.help}
        </Text>
        <div className={classes.picture} style={{ maxWidth: panels * PANEL_PX }}>
          <Picture
            src={picture}
            alt={gainPictureWords.alt}
            ratio={gainPictureRatio(verdict)}
            fit="contain"
            missing={gainWords.noPicture}
          />
        </div>
        {base !== null && (
          <Text size="sm">
            {gainWords.pictureOf}{' '}
            <Link to="/s/$project/$user/$session/movie/$base" params={{ ...key, base }}>
              {base}
            </Link>
          </Text>
        )}
      </section>
    </div>
  );
}

function Bar({ bar, isInverted: isNegative }: { bar: GainBar; isInverted: boolean }) {
  const { label, setting, score, isInUse, isBest } = bar;
  const settingText = setting ? gainWords.setting(setting) : '';
  return (
    <li data-best={isBest} data-wrong={isInUse && (isNegative || !isBest)}>
      <span className={classes.label}>
        {label}
        {settingText && <small className="muted"> {settingText}</small>}
      </span>
      <span className={classes.track} aria-hidden>
        <span style={{ width: `${100 * Math.min(1, Math.max(0, isNegative ? -score : score))}%` }} />
      </span>
      <span className={classes.value}>{numberText(score, 2)}</span>
      <span className={classes.tags}>
        {isInUse && (
          <Badge size="xs" variant="outline" color="gray">
            {gainWords.tagSet}
          </Badge>
        )}
        {isBest && (
          <Badge size="xs" variant="filled" color="teal">
            {gainWords.tagBest}
          </Badge>
        )}
      </span>
    </li>
  );
}
