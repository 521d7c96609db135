/** Lowest and highest value of an axis. */
export type Range = readonly [number, number];

export const toPixel = (value: number, [low, high]: Range, length: number): number =>
  ((value - low) / (high - low)) * length;
export const toValue = (pixel: number, [low, high]: Range, length: number): number =>
  low + (pixel / length) * (high - low);

export const isWithin = (value: number, [low, high]: Range): boolean => value >= low && value <= high;

/** A range made longer by `factor` around one of its values, which keeps its position. */
export const zoomed = (range: Range, middle: number, factor: number): Range => [
  middle + (range[0] - middle) * factor,
  middle + (range[1] - middle) * factor,
];
