import { type Range, toValue, zoomRange } from './axis.ts';

/** Fingers closer together than this do not give a usable scale, px. */
const MIN_DISTANCE_PX = 12;

export interface Finger {
  readonly x: number;
  readonly y: number;
}

/** Two fingers: the point midway between them, and their distance. */
export interface Grip extends Finger {
  readonly distance: number;
}

export const gripOf = (a: Finger, b: Finger): Grip => ({
  x: (a.x + b.x) / 2,
  y: (a.y + b.y) / 2,
  distance: Math.max(MIN_DISTANCE_PX, Math.hypot(a.x - b.x, a.y - b.y)),
});

/**
 * The range of an axis after a pinch: values between the fingers stay between them, and the range shrinks as
 * they move apart.
 * @param range - of the axis when the pinch began
 * @param startPx, currentPx - position of the midpoint of the fingers on the axis, at the beginning and now
 * @param factor - distance of the fingers at the beginning divided by their distance now
 */
export function pinchRange(
  range: Range,
  startPx: number,
  currentPx: number,
  factor: number,
  lengthPx: number,
): Range {
  const scaled = zoomRange(range, toValue(startPx, range, lengthPx), factor);
  const offset = ((startPx - currentPx) / lengthPx) * (scaled[1] - scaled[0]);
  return [scaled[0] + offset, scaled[1] + offset];
}
