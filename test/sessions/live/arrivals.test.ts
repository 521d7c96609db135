import { expect, test } from 'vitest';
import { Arrivals } from '../../../src/sessions/live/arrivals.ts';
import { RATE_WINDOW_MS, ratePerHour } from '../../../src/sessions/live/progress.ts';

const MINUTE_MS = 60_000;

test('without arrivals there is no rate', () => {
  expect(new Arrivals().recent(0)).toEqual({ count: 0, firstMs: null });
});

test('counts arrivals within the window, and discards older arrivals', () => {
  const arrivals = new Arrivals();
  for (let minute = 0; minute < 30; minute++)
    for (let i = 0; i < 5; i++) arrivals.add(minute * MINUTE_MS + i * 1000);
  const nowMs = 29 * MINUTE_MS + 30_000;
  const { count, firstMs } = arrivals.recent(nowMs);
  expect(count).toBe(50);
  expect(nowMs - firstMs!).toBeLessThan(RATE_WINDOW_MS);
  expect(ratePerHour(count, firstMs, nowMs)).toBeCloseTo(300, -1.5);
  expect(arrivals.recent(nowMs + RATE_WINDOW_MS).count).toBe(0);
});
