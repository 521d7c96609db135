import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { picturePath } from '../api/paths.ts';
import { metricText, timeText } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { isDoubtful, type MetricKey } from '../data/metrics.ts';
import { isFaint } from '../data/trust.ts';
import { useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { Picture } from '../ui/picture.tsx';
import { TrustNote } from '../ui/trust-note.tsx';
import { columnWords, uiWords } from '../ui/words.ts';
import classes from './live.module.css';
import { chosenWords } from './words.ts';

const FACTS: readonly MetricKey[] = ['defocusU', 'defocusV', 'astigmatism', 'fitResolution', 'motionTotal'];

/** The chosen movie, or the latest one if none is chosen: images and metrics at a glance. */
export function ChosenMovie(props: {
  snapshot: SeriesSnapshot;
  chosen: number | null;
  onFollow: () => void;
}) {
  const key = useSessionKey();
  const { series } = props.snapshot;
  const index = props.chosen ?? series.size - 1;
  const base = series.bases[index];
  if (base === undefined) return null;
  const version = series.finishedMs(index);
  const confidence = series.value('confidence', index);
  const picture = (role: string) =>
    series.has(index, 'pictures') ? picturePath(key, base, role, version) : null;
  return (
    <section className={`card ${classes.chosen}`} aria-live="off">
      <div className={classes.chosenHead}>
        <b>{props.chosen === null ? chosenWords.newest : chosenWords.chosen}</b>
        {props.chosen !== null && (
          <Button size="compact-xs" variant="subtle" onClick={props.onFollow}>
            {chosenWords.follow}
          </Button>
        )}
      </div>
      <div className={classes.body}>
        {(['thumbnail', 'ctfPicture'] as const).map((role) => (
          <Link
            key={role}
            className={classes.chosenPicture}
            to="/s/$project/$user/$session/movie/$base"
            params={{ ...key, base }}
            tabIndex={-1}
          >
            <Picture
              src={picture(role)}
              alt={(role === 'thumbnail' ? uiWords.micrographAlt : uiWords.spectrumAlt)(base)}
              missing={uiWords.noPicture}
            />
          </Link>
        ))}
        <dl className={classes.facts}>
          {isFaint(confidence) && (
            <>
              <dt>{chosenWords.fit}</dt>
              <dd>
                <TrustNote confidence={confidence} />
              </dd>
            </>
          )}
          {FACTS.map((metric) => (
            <div key={metric} style={{ display: 'contents' }}>
              <dt>{metricWords[metric].label}</dt>
              <dd className={isDoubtful(metric, confidence) ? 'faint' : undefined}>
                {metricText(metric, series.value(metric, index))}
              </dd>
            </div>
          ))}
          <dt>{columnWords.finished}</dt>
          <dd>{timeText(version)}</dd>
        </dl>
      </div>
      <p className="muted mono truncate" title={base} style={{ fontSize: 12, margin: '10px 0' }}>
        {base}
      </p>
      <Button
        className="no-print"
        fullWidth
        variant="light"
        rightSection={<IconArrowRight size={16} />}
        renderRoot={(root) => (
          <Link {...root} to="/s/$project/$user/$session/movie/$base" params={{ ...key, base }} />
        )}
      >
        {uiWords.openMovie}
      </Button>
    </section>
  );
}
