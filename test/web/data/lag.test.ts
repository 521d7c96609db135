import { expect, test } from 'vitest';
import { isBehind, lagSeconds, ratesIfFallingBehind } from '../../../web/src/data/lag.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const progressOf = (
  minutes: number | null,
  arrivalsPerHour: number | null = null,
  ratePerHour: number | null = null,
) => ({
  behindSince: minutes === null ? null : new Date(NOW - minutes * 60_000).toISOString(),
  arrivalsPerHour,
  ratePerHour,
});

test('the lag is the age of the oldest unfinished movie, and zero if all are finished', () => {
  expect(lagSeconds(progressOf(12), NOW)).toBe(720);
  expect(lagSeconds(progressOf(null), NOW)).toBe(0);
});

test('the lag is never negative, even if the clocks differ', () => {
  expect(lagSeconds(progressOf(-1), NOW)).toBe(0);
});

test('a lag below the normal processing time of a movie is not reported', () => {
  expect([1, 3].map((minutes) => isBehind(progressOf(minutes), NOW))).toEqual([false, true]);
});

test('rates are shown only if arrivals clearly exceed the processing rate and there is a lag', () => {
  expect(ratesIfFallingBehind(progressOf(20, 400, 300), NOW)).toEqual({
    arrivalsPerHour: 400,
    ratePerHour: 300,
  });
  expect(ratesIfFallingBehind(progressOf(20, 310, 300), NOW)).toBeNull();
  expect(ratesIfFallingBehind(progressOf(20, 100, 300), NOW)).toBeNull();
  expect(ratesIfFallingBehind(progressOf(1, 400, 300), NOW)).toBeNull();
  expect(ratesIfFallingBehind(progressOf(20, 400, null), NOW)).toBeNull();
});
