import type { GridHoles } from '../../../src/contract/grid.ts';
import type { Criteria } from '../data/criteria.ts';
import { fixed } from '../data/format.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { type GridRegion, hasRegion } from '../data/grid-regions.ts';
import { useSessionKey } from '../state/session-context.ts';
import { QuickLink } from '../ui/quick-link.tsx';
import { shownWords } from '../ui/words.ts';
import { type ColorScale, colorOf } from './color-scale.ts';
import classes from './grid.module.css';
import { MarkShape } from './grid-mark.tsx';
import type { GridMark } from './grid-marks.ts';
import { gridMetricWords, gridNumber, gridValue } from './grid-metrics.ts';
import { meanAndSpread } from './grid-squares.ts';
import { gridWords } from './words.ts';

/** The holes of a square as a table: what the map shows, for those who read or hear it. */
export function HolesTable(props: {
  holes: GridHoles;
  marks: ReadonlyMap<string, GridMark>;
  metric: GridMetric;
  scale: ColorScale;
  square: string;
  criteria: Criteria;
  hasTargets: boolean;
  onSelect: (region: GridRegion) => void;
  onOpen: (base: string) => void;
}) {
  const { holes, marks, metric, scale, square, criteria, hasTargets } = props;
  const { project, user, session: name } = useSessionKey();
  const session = [project, user, name].map(encodeURIComponent).join('/');
  const { label, unit } = gridMetricWords(metric);
  const heads: [string, string][] = [
    [gridWords.hole, ''],
    [label, unit === '' ? gridWords.mean : `${gridWords.mean}, ${unit}`],
    ...(hasTargets
      ? ([
          [gridWords.target, 'µm'],
          [gridWords.measured, 'µm'],
          [gridWords.difference, 'µm'],
        ] as [string, string][])
      : []),
    [gridWords.exposures, ''],
  ];
  return (
    <section
      className={`card ${classes.tableBox}`}
      aria-label={gridWords.table(square)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col" className="no-print">
              <span className="visually-hidden">{shownWords.selected}</span>
            </th>
            {heads.map(([head, of]) => (
              <th key={head} scope="col">
                {head} {of !== '' && <span className="muted">{of}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {holes.holes.map(({ name, exposures }) => {
            const own = exposures.map(({ base }) => marks.get(base)!);
            const of = (values: (number | null)[]) =>
              meanAndSpread(values.map((value) => value ?? Number.NaN));
            const figure = of(own.map(({ value }) => value));
            const difference = of(own.map(({ offsetUm }) => offsetUm));
            const spread = (sd: number | null) =>
              sd === null ? '' : ` ± ${gridNumber(metric, sd).replace('+', '')}`;
            return (
              <tr key={name}>
                <td className="no-print">
                  {name !== null && (
                    <input
                      type="checkbox"
                      className={classes.pick}
                      aria-label={gridWords.selectHole(name)}
                      checked={hasRegion(criteria.regions, { square, hole: name })}
                      onChange={() => props.onSelect({ square, hole: name })}
                    />
                  )}
                </td>
                <th scope="row">{name ?? gridWords.noHole}</th>
                <td>
                  <span
                    className={classes.swatch}
                    style={figure.mean === null ? undefined : { background: colorOf(scale, figure.mean) }}
                    aria-hidden
                  />
                  {gridNumber(metric, figure.mean)}
                  {spread(figure.sd)}
                </td>
                {hasTargets && (
                  <>
                    <td>{fixed(of(exposures.map(({ targetDefocusUm }) => targetDefocusUm)).mean, 2)}</td>
                    <td>{fixed(of(own.map(({ defocusUm }) => defocusUm)).mean, 2)}</td>
                    <td>
                      {gridNumber('defocusOffset', difference.mean)}
                      {difference.sd !== null && ` ± ${fixed(difference.sd, 2)}`}
                    </td>
                  </>
                )}
                <td className={classes.shots}>
                  {exposures.map(({ base }, i) => (
                    <QuickLink
                      key={base}
                      href={`/s/${session}/movie/${encodeURIComponent(base)}`}
                      onGo={() => props.onOpen(base)}
                      title={`${base}: ${shotWords(metric, own[i]!)}`}
                      aria-label={`${gridWords.shot} ${gridWords.shotOf(i + 1, exposures.length)}, ${shotWords(metric, own[i]!)}`}
                    >
                      <svg width={22} height={22} aria-hidden>
                        <MarkShape x={11} y={11} radius={7} mark={own[i]!} scale={scale} />
                      </svg>
                    </QuickLink>
                  ))}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const shotWords = (metric: GridMetric, { kind, value, isRejected }: GridMark): string =>
  [
    kind === 'done' ? gridValue(metric, value) : gridWords.marks[kind],
    ...(isRejected ? [gridWords.marks.rejected] : []),
  ].join(', ');
