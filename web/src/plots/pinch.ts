import { type Range, toValue, zoomRange } from './axis.ts';

/** Fingers closer together than this give no usable scale, px. */
const MIN_APART_PX = 12;

export interface Finger {
  readonly x: number;
  readonly y: number;
}

/** Two fingers: the middle between them, and their distance. */
export interface Grip extends Finger {
  readonly apart: number;
}

export const gripOf = (a: Finger, b: Finger): Grip => ({
  x: (a.x + b.x) / 2,
  y: (a.y + b.y) / 2,
  apart: Math.max(MIN_APART_PX, Math.hypot(a.x - b.x, a.y - b.y)),
});

/**
 * The range of an axis after a pinch: what was between the fingers stays between them, and the range shrinks
 * as they move apart.
 * @param range - of the axis when the pinch began
 * @param from, to - position of the middle between the fingers along the axis, then and now, px
 * @param factor - distance of the fingers then over now
 */
export function pinchRange(range: Range, from: number, to: number, factor: number, lengthPx: number): Range {
  const longer = zoomRange(range, toValue(from, range, lengthPx), factor);
  const by = ((from - to) / lengthPx) * (longer[1] - longer[0]);
  return [longer[0] + by, longer[1] + by];
}
