import type { SquareOrder } from '../data/grid-choices.ts';
import type { SquareStatistics } from './square-statistics.ts';

/** Squares without a value come last. If neither low nor high is better, "best" means lowest. */
export function sortSquares(
  statistics: readonly SquareStatistics[],
  order: SquareOrder,
  better: 'low' | 'high' | null,
): SquareStatistics[] {
  if (order === 'begun') return [...statistics];
  if (order === 'most')
    return statistics.toSorted((a, b) => b.square.total - a.square.total || a.order - b.order);
  const sign = (order === 'best' ? 1 : -1) * (better === 'high' ? -1 : 1);
  return statistics.toSorted((a, b) => {
    if (a.mean === null || b.mean === null)
      return Number(a.mean === null) - Number(b.mean === null) || a.order - b.order;
    return sign * (a.mean - b.mean) || a.order - b.order;
  });
}

/**
 * Keeps the previous order, with new squares at the end, so that nothing moves under a pointer.
 * @param names - in the previous order
 */
export function keepOrder(sorted: readonly SquareStatistics[], names: readonly string[]): SquareStatistics[] {
  const positions = new Map(names.map((name, i) => [name, i]));
  const positionOf = ({ square }: SquareStatistics) => positions.get(square.name) ?? names.length;
  return sorted.toSorted((a, b) => positionOf(a) - positionOf(b));
}
