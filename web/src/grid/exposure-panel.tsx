import type { GridExposure } from '../../../src/contract/grid.ts';
import { picturePath } from '../api/paths.ts';
import { hasRegion } from '../data/grid-regions.ts';
import type { Series } from '../data/series.ts';
import { useSessionKey } from '../state/session-context.ts';
import { Picture } from '../ui/picture.tsx';
import { TrustNote } from '../ui/trust-note.tsx';
import { VerdictMark } from '../ui/verdict-mark.tsx';
import { uiWords } from '../ui/words.ts';
import { ExposureButtons } from './exposure-buttons.tsx';
import { exposureFacts } from './exposure-facts.ts';
import classes from './exposure-panel.module.css';
import type { OpenSquare } from './open-square.ts';
import view from './square-view.module.css';
import { gridWords } from './words.ts';

/**
 * The movie under the pointer, or the chosen one: image, values and hole. The panel always has the same
 * height.
 */
export function ExposurePanel(props: { openSquare: OpenSquare; base: string | null; series: Series }) {
  const { openSquare, base, series } = props;
  const hole = openSquare.holes.holes.find(({ exposures }) =>
    exposures.some((candidate) => candidate.base === base),
  );
  const exposure = hole?.exposures.find((candidate) => candidate.base === base);
  const mark = exposure && openSquare.marks.get(exposure.base);
  const index = mark?.index ?? null;
  const confidence = index === null ? null : series.value('confidence', index);
  const region = hole?.name ? { square: openSquare.square, hole: hole.name } : null;
  return (
    <section className={`card ${view.panel}`} aria-label={gridWords.movie}>
      <div className={classes.body}>
        <ExposurePicture exposure={exposure} index={index} series={series} />
        <dl className={classes.facts}>
          {exposureFacts({ hole, exposure, mark, series }).map(({ label, value, isFaint }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd className={isFaint ? 'faint' : undefined}>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p className={`muted truncate ${classes.name}`} title={exposure?.base}>
        {exposure ? (
          <>
            <TrustNote confidence={confidence} /> <span className="mono">{exposure.base}</span>
          </>
        ) : (
          gridWords.chosenHint
        )}
      </p>
      <ExposureButtons
        base={exposure?.base ?? null}
        isHoleKnown={region !== null}
        isHoleSelected={region !== null && hasRegion(openSquare.criteria.regions, region)}
        onSelectHole={() => region && openSquare.onSelect(region)}
      />
    </section>
  );
}

/** Thumbnail of a movie with its review; empty if there is no movie. */
function ExposurePicture(props: {
  exposure: GridExposure | undefined;
  /** Index in the series; null if the movie has no result. */
  index: number | null;
  series: Series;
}) {
  const { exposure, index, series } = props;
  const key = useSessionKey();
  const hasPicture = exposure !== undefined && index !== null && series.has(index, 'pictures');
  return (
    <span className={classes.picture}>
      <Picture
        src={hasPicture ? picturePath(key, exposure.base, 'thumbnail', series.finishedMs(index)) : null}
        alt={exposure ? uiWords.micrographAlt(exposure.base) : ''}
        missing={exposure ? uiWords.noPicture : ''}
      />
      <VerdictMark verdict={index === null ? null : series.verdict(index)} />
    </span>
  );
}
