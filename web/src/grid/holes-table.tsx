import { movieFilterWords } from '../ui/words.ts';
import { gridMetricWords } from './grid-metrics.ts';
import { HoleRow } from './hole-row.tsx';
import classes from './holes-table.module.css';
import type { OpenSquare } from './open-square.ts';
import { gridWords } from './words.ts';

const DEFOCUS_HEADERS: readonly (readonly [label: string, unit: string])[] = [
  [gridWords.target, 'µm'],
  [gridWords.measured, 'µm'],
  [gridWords.difference, 'µm'],
];

/** The holes of a square as a table, for the keyboard and for screen readers. */
export function HolesTable({
  openSquare,
  onOpen,
}: {
  openSquare: OpenSquare;
  onOpen: (base: string) => void;
}) {
  const { label, unit } = gridMetricWords(openSquare.metric);
  const headers: (readonly [label: string, unit: string])[] = [
    [gridWords.hole, ''],
    [label, unit === '' ? gridWords.mean : `${gridWords.mean}, ${unit}`],
    ...(openSquare.hasTargets ? DEFOCUS_HEADERS : []),
    [gridWords.exposures, ''],
  ];
  return (
    <section
      className={`card ${classes.box}`}
      aria-label={gridWords.table(openSquare.square)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col" className="no-print">
              <span className="visually-hidden">{movieFilterWords.selected}</span>
            </th>
            {headers.map(([header, detail]) => (
              <th key={header} scope="col">
                {header} {detail !== '' && <span className="muted">{detail}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {openSquare.holes.holes.map((hole) => (
            <HoleRow key={hole.name} openSquare={openSquare} hole={hole} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
