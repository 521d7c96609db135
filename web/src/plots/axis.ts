/** Lowest and highest value of an axis. */
export type Range = readonly [number, number];

export const toPixel = (value: number, [low, high]: Range, length: number): number =>
  ((value - low) / (high - low)) * length;
export const toValue = (pixel: number, [low, high]: Range, length: number): number =>
  low + (pixel / length) * (high - low);

export const isWithin = (value: number, [low, high]: Range): boolean => value >= low && value <= high;

/** A range scaled by `factor` around the value `fixed`, which keeps its position. */
export const zoomRange = (range: Range, fixed: number, factor: number): Range => [
  fixed + (range[0] - fixed) * factor,
  fixed + (range[1] - fixed) * factor,
];
