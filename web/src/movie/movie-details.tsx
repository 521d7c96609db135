import type { MovieDetail } from '../../../src/contract/api.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { DriftPlot } from '../plots/drift-plot.tsx';
import { ProfilePlot } from '../plots/profile-plot.tsx';
import { MovieLog } from '../ui/movie-log.tsx';
import { Warnings } from '../ui/warnings.tsx';
import classes from './movie.module.css';
import { MovieFacts } from './movie-facts.tsx';
import { MovieMetrics } from './movie-metrics.tsx';
import { MoviePictures } from './movie-pictures.tsx';
import { MovieState } from './movie-state.tsx';

/** Everything that is known about a movie: state, metrics, images, plots, facts and log. */
export function MovieDetails({ detail, verdict }: { detail: MovieDetail; verdict: Verdict | null }) {
  const { row, record, pictures } = detail;
  return (
    <>
      <MovieState detail={detail} />
      <MovieMetrics row={row} />
      {record && record.warnings.length > 0 && (
        <div className={classes.warnings}>
          <Warnings warnings={record.warnings} />
        </div>
      )}
      <div className={classes.grid}>
        {(row.hasPictures || Object.keys(pictures).length > 0) && (
          <MoviePictures detail={detail} verdict={verdict} />
        )}
        {record?.ctf && <ProfilePlot ctf={record.ctf} />}
        {record?.motion && record.motion.shiftsA.length > 0 && <DriftPlot motion={record.motion} />}
      </div>
      {record && <MovieFacts record={record} />}
      {row.state !== 'arriving' && <MovieLog key={row.base} base={row.base} />}
    </>
  );
}
