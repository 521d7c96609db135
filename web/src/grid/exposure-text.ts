import type { GridMetric } from '../data/grid-choices.ts';
import { valueWithUnit } from './grid-metrics.ts';
import type { HolesLayout } from './holes-layout.ts';
import type { MovieMark } from './movie-mark.ts';
import type { OpenSquare } from './open-square.ts';
import { gridWords } from './words.ts';

type Hole = HolesLayout['holes'][number];

/** Hole, number and mark of an exposure in words, for a screen reader. */
export function exposureText(
  { marks, metric }: OpenSquare,
  { name, exposures }: Hole,
  chosen: Hole['exposures'][number],
): string {
  const mark = marks.get(chosen.exposure.base);
  if (mark === undefined) return '';
  const number = gridWords.exposureOf(exposures.indexOf(chosen) + 1, exposures.length);
  return [
    name === null ? gridWords.noHole : gridWords.holeName(name),
    `${gridWords.exposure} ${number}`,
    valueWithUnit(metric, mark.value),
    ...(mark.isRejected ? [gridWords.marks.rejected] : []),
    ...(mark.kind === 'done' ? [] : [gridWords.marks[mark.kind]]),
  ].join(', ');
}

/** What a mark shows, in words. */
export const markText = (metric: GridMetric, { kind, value, isRejected }: MovieMark): string =>
  [
    kind === 'done' ? valueWithUnit(metric, value) : gridWords.marks[kind],
    ...(isRejected ? [gridWords.marks.rejected] : []),
  ].join(', ');
