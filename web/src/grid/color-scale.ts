import { niceTicks } from '../data/statistics.ts';

type Rgb = readonly [number, number, number];

/** Told apart by people with any kind of colour vision, and in grey: "viridis" (Smith & van der Walt 2015), nine of its colours. */
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
/** From one sign to the other, blue against orange, with nothing much in the middle. */
const DIVERGING: readonly Rgb[] = [
  [5, 82, 148],
  [70, 143, 199],
  [168, 203, 226],
  [228, 228, 224],
  [247, 190, 128],
  [222, 125, 30],
  [150, 68, 0],
];

/** Values to colours. */
export interface ColorScale {
  readonly low: number;
  readonly high: number;
  readonly colors: readonly Rgb[];
}

const TICKS = 4;

/**
 * A scale over round ends that hold these values, so that it changes seldom while values come in. The better end is the bright one.
 * @param range - least and largest value to tell apart; null where there is none
 * @param around - of a difference: the scale is even on both sides of zero
 */
export function colorScale(
  range: readonly [number, number] | null,
  better: 'low' | 'high' | null,
  around: boolean,
): ColorScale {
  let [low, high] = range ?? [0, 1];
  if (around) {
    high = Math.max(Math.abs(low), Math.abs(high), 1e-6);
    low = -high;
  }
  const least = Math.max(Math.abs(high), 1e-9) * 0.02;
  if (high - low < least) [low, high] = [low - least / 2, high + least / 2];
  const ticks = niceTicks(low, high, TICKS);
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : high - low;
  const round = (value: number) => Number(value.toPrecision(12));
  return {
    low: round(Math.floor(low / step + 1e-9) * step),
    high: round(Math.ceil(high / step - 1e-9) * step),
    colors: around ? DIVERGING : better === 'low' ? VIRIDIS_REVERSED : VIRIDIS,
  };
}

export const isSameScale = (a: ColorScale, b: ColorScale): boolean =>
  a.low === b.low && a.high === b.high && a.colors === b.colors;

/** `rgb(r g b)`; what is beyond the scale gets the colour of its end. */
export function colorOf({ low, high, colors }: ColorScale, value: number): string {
  const part = Math.min(1, Math.max(0, (value - low) / (high - low)));
  const place = part * (colors.length - 1);
  const from = Math.min(colors.length - 2, Math.floor(place));
  const mixed = colors[from]!.map((c, i) => Math.round(c + (colors[from + 1]![i]! - c) * (place - from)));
  return `rgb(${mixed.join(' ')})`;
}

/** For the legend. */
export const gradientOf = ({ colors }: ColorScale): string =>
  `linear-gradient(to right, ${colors.map((rgb) => `rgb(${rgb.join(' ')})`).join(', ')})`;
