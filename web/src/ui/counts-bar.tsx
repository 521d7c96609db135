import type { MovieCounts } from '../../../src/contract/api.ts';
import { percentText } from '../data/format.ts';
import classes from './counts-bar.module.css';
import { progressWords } from './words.ts';

/** Done, failed and in progress as shares of all movies; a failed movie counts as finished. */
export function CountsBar({ counts, label = progressWords.total }: { counts: MovieCounts; label?: string }) {
  const finished = counts.done + counts.failed;
  const share = (n: number) => `${counts.total === 0 ? 0 : (100 * n) / counts.total}%`;
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-label={progressWords.label(label, percentText(finished, counts.total))}
      aria-valuemin={0}
      aria-valuemax={counts.total}
      aria-valuenow={finished}
    >
      <i className={classes.done} style={{ width: share(counts.done) }} />
      <i className={classes.failed} style={{ width: share(counts.failed) }} />
      <i className={classes.queued} style={{ width: share(counts.queued) }} />
    </div>
  );
}
