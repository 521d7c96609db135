import type { MovieRow } from '../../../src/contract/api.ts';
import { metricText } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { isDoubtful, type MetricKey, metricOfRow } from '../data/metrics.ts';
import { TrustNote } from '../ui/trust-note.tsx';
import classes from './movie.module.css';

const METRICS_SHOWN: readonly MetricKey[] = [
  'defocusU',
  'defocusV',
  'astigmatism',
  'fitResolution',
  'motionTotal',
  'motionEarly',
  'confidence',
];

/** The most important metrics of a movie; nothing if the movie has none of them. */
export function MovieMetrics({ row }: { row: MovieRow }) {
  if (METRICS_SHOWN.every((metric) => metricOfRow(metric, row) === null)) return null;
  return (
    <dl className={`card ${classes.headlines}`}>
      {METRICS_SHOWN.map((metric) => (
        <div key={metric}>
          <dt title={metricWords[metric].help}>{metricWords[metric].label}</dt>
          <dd className={isDoubtful(metric, row.confidence) ? classes.doubtful : undefined}>
            {metricText(metric, metricOfRow(metric, row))}
          </dd>
          {isDoubtful(metric, row.confidence) && (
            <dd className={classes.note}>
              <TrustNote confidence={row.confidence} />
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
