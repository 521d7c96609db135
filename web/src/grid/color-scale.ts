import { niceTicks } from '../data/statistics.ts';

type Rgb = readonly [number, number, number];

/**
 * Nine colours of "viridis" (Smith & van der Walt 2015): distinguishable with any colour vision, and in
 * greyscale.
 */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [40, 174, 128],
  [94, 201, 98],
  [173, 220, 48],
  [253, 231, 37],
];
const VIRIDIS_REVERSED = VIRIDIS.toReversed();
/** Negative values are blue, positive ones orange, and those near zero light grey. */
const DIVERGING: readonly Rgb[] = [
  [5, 82, 148],
  [70, 143, 199],
  [168, 203, 226],
  [228, 228, 224],
  [247, 190, 128],
  [222, 125, 30],
  [150, 68, 0],
];

/** Maps values to colours. */
export interface ColorScale {
  readonly low: number;
  readonly high: number;
  readonly colors: readonly Rgb[];
}

const TICKS = 4;
/** Minimum span of a scale, as a fraction of its larger end: noise alone must not cover all colours. */
const MIN_RELATIVE_SPAN = 0.02;
/** Keeps a scale from being empty if all values are 0. */
const MIN_HIGH = { difference: 1e-6, value: 1e-9 } as const;

/**
 * A scale that begins and ends at round numbers, so that a new value rarely changes it. Better values are
 * brighter.
 * @param range - minimum and maximum of the values; null if there is none
 * @param isDifference - the scale is symmetric about zero
 */
export function colorScale(
  range: readonly [number, number] | null,
  better: 'low' | 'high' | null,
  isDifference: boolean,
): ColorScale {
  let [low, high] = range ?? [0, 1];
  if (isDifference) {
    high = Math.max(Math.abs(low), Math.abs(high), MIN_HIGH.difference);
    low = -high;
  }
  const minSpan = Math.max(Math.abs(high), MIN_HIGH.value) * MIN_RELATIVE_SPAN;
  if (high - low < minSpan) [low, high] = [low - minSpan / 2, high + minSpan / 2];
  const [first, second] = niceTicks(low, high, TICKS);
  const step = first === undefined || second === undefined ? high - low : second - first;
  const round = (value: number) => Number(value.toPrecision(12));
  return {
    low: round(Math.floor(low / step + 1e-9) * step),
    high: round(Math.ceil(high / step - 1e-9) * step),
    colors: isDifference ? DIVERGING : better === 'low' ? VIRIDIS_REVERSED : VIRIDIS,
  };
}

export const isSameScale = (a: ColorScale, b: ColorScale): boolean =>
  a.low === b.low && a.high === b.high && a.colors === b.colors;

/** `rgb(r g b)`; values beyond the scale get the colour of its end. */
export function colorOf({ low, high, colors }: ColorScale, value: number): string {
  const fraction = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const position = fraction * (colors.length - 1);
  const index = Math.min(colors.length - 2, Math.floor(position));
  const [from, to] = [colors[index], colors[index + 1]];
  return from && to ? cssRgb(mix(from, to, position - index)) : '';
}

/** CSS gradient of the scale, for the legend. */
export const gradientOf = ({ colors }: ColorScale): string =>
  `linear-gradient(to right, ${colors.map(cssRgb).join(', ')})`;

const mix = ([r, g, b]: Rgb, [r1, g1, b1]: Rgb, fraction: number): Rgb => [
  Math.round(r + (r1 - r) * fraction),
  Math.round(g + (g1 - g) * fraction),
  Math.round(b + (b1 - b) * fraction),
];

const cssRgb = (rgb: Rgb): string => `rgb(${rgb.join(' ')})`;
