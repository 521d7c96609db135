import type { Motion } from '../../../src/contract/record.ts';
import { fitEqualAspect } from './drift.ts';

const MARGIN = { left: 58, right: 16, top: 14, bottom: 42 } as const;
export const DRIFT_HEIGHT_PX = 300;
const MIN_INNER_WIDTH_PX = 50;

/** Scales and edges of a drift plot: one unit has the same length in x and y. */
export interface DriftScale {
  /** Edges of the plot within its axes, px. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Visible ranges, Angstrom. */
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  x(value: number): number;
  /** y points upwards, as in the images. */
  y(value: number): number;
}

/** @param width - of the figure, px */
export function driftScale(shiftsA: Motion['shiftsA'], width: number): DriftScale {
  const innerWidth = Math.max(MIN_INNER_WIDTH_PX, width - MARGIN.left - MARGIN.right);
  const innerHeight = DRIFT_HEIGHT_PX - MARGIN.top - MARGIN.bottom;
  const { pixelsPerUnit, ...ranges } = fitEqualAspect(shiftsA, innerWidth, innerHeight);
  return {
    ...ranges,
    left: MARGIN.left,
    right: MARGIN.left + innerWidth,
    top: MARGIN.top,
    bottom: MARGIN.top + innerHeight,
    x: (value) => MARGIN.left + (value - ranges.x0) * pixelsPerUnit,
    y: (value) => MARGIN.top + (ranges.y1 - value) * pixelsPerUnit,
  };
}
