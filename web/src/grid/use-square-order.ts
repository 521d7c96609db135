import { useEffect, useRef } from 'react';
import type { GridMetric, SquareOrder } from '../data/grid-choices.ts';
import { betterEnd } from './grid-metrics.ts';
import { keepOrder, sortSquares } from './square-order.ts';
import type { SquareStatistics } from './square-statistics.ts';

/**
 * Squares in the requested order. New values do not change it while the pointer or the focus is on
 * the list.
 * @returns the squares, and the event listeners for the list
 */
export function useSquareOrder(
  statistics: readonly SquareStatistics[],
  order: SquareOrder,
  metric: GridMetric,
) {
  const latest = useRef({ isInUse: false, orderKey: '', names: [] as string[] });
  const orderKey = `${order} ${metric}`;
  const sorted = sortSquares(statistics, order, betterEnd(metric));
  const isFrozen = latest.current.isInUse && latest.current.orderKey === orderKey;
  const squares = isFrozen ? keepOrder(sorted, latest.current.names) : sorted;
  useEffect(() => {
    latest.current.orderKey = orderKey;
    latest.current.names = squares.map(({ square }) => square.name);
  });
  const setInUse = (isInUse: boolean) => () => {
    latest.current.isInUse = isInUse;
  };
  return {
    squares,
    listeners: {
      onPointerEnter: setInUse(true),
      onPointerLeave: setInUse(false),
      onFocus: setInUse(true),
      onBlur: setInUse(false),
    },
  };
}
