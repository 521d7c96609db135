import type { GridHoles } from '../../../src/contract/grid.ts';
import { numberText } from '../data/format.ts';
import { hasRegion } from '../data/grid-regions.ts';
import { useSessionKey } from '../state/session-context.ts';
import { QuickLink } from '../ui/quick-link.tsx';
import { colorOf } from './color-scale.ts';
import { markText } from './exposure-text.ts';
import grid from './grid.module.css';
import { spreadText, valueText } from './grid-metrics.ts';
import classes from './holes-table.module.css';
import { MarkShape } from './mark-shape.tsx';
import { meanAndSpread } from './mean-and-spread.ts';
import type { OpenSquare } from './open-square.ts';
import { gridWords } from './words.ts';

type Hole = GridHoles['holes'][number];

/** A hole: mean of the metric, target and measured defocus, and the movies. */
export function HoleRow(props: { openSquare: OpenSquare; hole: Hole; onOpen: (base: string) => void }) {
  const { openSquare, hole } = props;
  const { square, marks, metric, scale } = openSquare;
  const { name, exposures } = hole;
  const { mean, sd } = meanAndSpread(exposures.map(({ base }) => marks.get(base)?.value ?? null));
  return (
    <tr>
      <td className="no-print">
        {name !== null && (
          <input
            type="checkbox"
            className={grid.checkbox}
            aria-label={gridWords.selectHole(name)}
            checked={hasRegion(openSquare.criteria.regions, { square, hole: name })}
            onChange={() => openSquare.onSelect({ square, hole: name })}
          />
        )}
      </td>
      <th scope="row">{name ?? gridWords.noHole}</th>
      <td>
        <span
          className={classes.swatch}
          style={mean === null ? undefined : { background: colorOf(scale, mean) }}
          aria-hidden
        />
        {valueText(metric, mean)}
        {sd === null ? '' : ` ± ${spreadText(metric, sd)}`}
      </td>
      {openSquare.hasTargets && <DefocusCells openSquare={openSquare} hole={hole} />}
      <td className={classes.exposures}>
        <MovieLinks {...props} />
      </td>
    </tr>
  );
}

/** Target defocus, measured defocus and their difference. */
function DefocusCells({
  openSquare: { marks },
  hole: { exposures },
}: {
  openSquare: OpenSquare;
  hole: Hole;
}) {
  const target = meanAndSpread(exposures.map(({ targetDefocusUm }) => targetDefocusUm));
  const measured = meanAndSpread(exposures.map(({ base }) => marks.get(base)?.defocusUm ?? null));
  const difference = meanAndSpread(exposures.map(({ base }) => marks.get(base)?.offsetUm ?? null));
  return (
    <>
      <td>{numberText(target.mean, 2)}</td>
      <td>{numberText(measured.mean, 2)}</td>
      <td>
        {valueText('defocusOffset', difference.mean)}
        {difference.sd !== null && ` ± ${numberText(difference.sd, 2)}`}
      </td>
    </>
  );
}

/** The mark of each movie, as a link to it. */
function MovieLinks(props: { openSquare: OpenSquare; hole: Hole; onOpen: (base: string) => void }) {
  const { marks, metric, scale } = props.openSquare;
  const { project, user, session } = useSessionKey();
  const path = [project, user, session].map(encodeURIComponent).join('/');
  const { exposures } = props.hole;
  return exposures.map(({ base }, i) => {
    const mark = marks.get(base);
    if (mark === undefined) return null;
    return (
      <QuickLink
        key={base}
        href={`/s/${path}/movie/${encodeURIComponent(base)}`}
        onGo={() => props.onOpen(base)}
        title={`${base}: ${markText(metric, mark)}`}
        aria-label={`${gridWords.exposure} ${gridWords.exposureOf(i + 1, exposures.length)}, ${markText(metric, mark)}`}
      >
        <svg width={22} height={22} aria-hidden>
          <MarkShape x={11} y={11} radius={7} mark={mark} scale={scale} />
        </svg>
      </QuickLink>
    );
  });
}
