import type { ColorScale } from './color-scale.ts';
import classes from './holes-map.module.css';
import { MarkShape } from './mark-shape.tsx';
import { type MovieMark, PLAIN_MARK } from './movie-mark.ts';
import { gridWords } from './words.ts';

const UNFINISHED_KINDS = ['waiting', 'failed'] as const;

/** Legend of the marks of a map. */
export function MarksLegend({ marks, scale }: { marks: ReadonlyMap<string, MovieMark>; scale: ColorScale }) {
  const kinds = new Set([...marks.values()].map(({ kind }) => kind));
  const items: [label: string, mark: MovieMark][] = [
    [gridWords.noValue, PLAIN_MARK],
    [gridWords.marks.rejected, { ...PLAIN_MARK, isRejected: true }],
    ...UNFINISHED_KINDS.filter((kind) => kinds.has(kind)).map((kind): [string, MovieMark] => [
      gridWords.marks[kind],
      { ...PLAIN_MARK, kind },
    ]),
  ];
  return (
    <ul className={classes.key}>
      {items.map(([label, mark]) => (
        <li key={label}>
          <svg width={16} height={16} aria-hidden>
            <MarkShape x={8} y={8} radius={5.5} mark={mark} scale={scale} />
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}
