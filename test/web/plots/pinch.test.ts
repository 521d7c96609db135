import { expect, test } from 'vitest';
import { toPixel, zoomRange } from '../../../web/src/plots/axis.ts';
import { gripOf, pinchRange } from '../../../web/src/plots/pinch.ts';

const WIDTH_PX = 400;

test('moving two fingers to twice their distance zooms in by 2 around their centre', () => {
  const range = pinchRange([0, 100], 100, 100, 0.5, WIDTH_PX);
  expect(range[1] - range[0]).toBe(50);
  expect(toPixel(25, range, WIDTH_PX)).toBeCloseTo(100);
});

test('moving two fingers together pans', () => {
  const range = pinchRange([0, 100], 100, 180, 1, WIDTH_PX);
  expect(range).toEqual([-20, 80]);
  expect(toPixel(25, range, WIDTH_PX)).toBeCloseTo(180);
});

test('zooming and panning at once keeps the value under the fingers', () => {
  const range = pinchRange([10, 60], 300, 120, 1.7, WIDTH_PX);
  expect(toPixel(10 + (300 / WIDTH_PX) * 50, range, WIDTH_PX)).toBeCloseTo(120);
});

test('the wheel zooms around the value under the pointer', () => {
  expect(zoomRange([0, 10], 10, 0.5)).toEqual([5, 10]);
});

test('two fingers at the same position do not give an infinite zoom', () => {
  expect(gripOf({ x: 5, y: 5 }, { x: 5, y: 5 }).distance).toBeGreaterThan(0);
  expect(gripOf({ x: 0, y: 0 }, { x: 30, y: 40 })).toEqual({ x: 15, y: 20, distance: 50 });
});
