import { InvalidArgumentError } from 'commander';

/** Two numbers, the smaller one first. */
export type Range = readonly [number, number];

interface NumberBounds {
  readonly minimum: number;
  readonly maximum?: number;
  /** Whether the minimum itself is not allowed. */
  readonly excludesMinimum?: boolean;
}

/** Creates a parser for a number within bounds. */
export function decimalNumber({
  minimum,
  maximum = Number.POSITIVE_INFINITY,
  excludesMinimum = false,
}: NumberBounds) {
  const lowerBound = excludesMinimum ? `above ${minimum}` : `from ${minimum}`;
  const allowedRange = Number.isFinite(maximum) ? `${lowerBound} to ${maximum}` : lowerBound;
  return (text: string): number => {
    const value = Number(text);
    const isTooSmall = excludesMinimum ? value <= minimum : value < minimum;
    if (text.trim() === '' || !Number.isFinite(value) || isTooSmall || value > maximum)
      throw new InvalidArgumentError(`It must be a number ${allowedRange}.`);
    return value;
  };
}

/** Creates a parser for a whole number that is written with digits only. */
export function wholeNumber(minimum: number, maximum = Number.MAX_SAFE_INTEGER) {
  const allowedRange =
    maximum === Number.MAX_SAFE_INTEGER ? `from ${minimum}` : `from ${minimum} to ${maximum}`;
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < minimum || value > maximum)
      throw new InvalidArgumentError(`It must be a whole number ${allowedRange}.`);
    return value;
  };
}

const MAX_PORT = 65535;

/** A port to listen on; 0: any free port. */
export const portNumber = wholeNumber(0, MAX_PORT);

/** Parses a range such as `0.8-2.5`, or one value; the values may be negative: `-1--0.5`. */
export function range(text: string): Range {
  const match = /^(-?\d*\.?\d+)(?:-(-?\d*\.?\d+))?$/.exec(text.trim());
  const low = Number(match?.[1]);
  const high = Number(match?.[2] ?? match?.[1]);
  if (!match || low > high) throw new InvalidArgumentError('It must be a value or a range such as 0.8-2.5.');
  return [low, high];
}

/** Parses a range without negative values. */
export function nonNegativeRange(text: string): Range {
  const [low, high] = range(text);
  if (low < 0)
    throw new InvalidArgumentError('It must be a value or a range such as 1-3, without negative values.');
  return [low, high];
}

/** Creates a parser for width and height of a frame in pixels, each within the bounds: `1024x1024`. */
export function frameSize(minimum: number, maximum: number) {
  return (text: string): Range => {
    const match = /^(\d+)x(\d+)$/.exec(text.trim().toLowerCase());
    const width = Number(match?.[1]);
    const height = Number(match?.[2]);
    if (!match || Math.min(width, height) < minimum || Math.max(width, height) > maximum)
      throw new InvalidArgumentError(
        `It must be a width and a height such as 1024x1024, each from ${minimum} to ${maximum}.`,
      );
    return [width, height];
  };
}

/** Parses a time in ISO 8601. */
export function time(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-01-31T12:00:00Z.');
  return value;
}
