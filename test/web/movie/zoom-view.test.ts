import { expect, test } from 'vitest';
import { parseZoomView, zoomViewText } from '../../../web/src/movie/zoom-view.ts';

test('what is in sight of a micrograph stands in the address, and comes back from it', () => {
  const view = { x: 0.531249, y: 0.22, width: 0.125 };
  expect(zoomViewText(view)).toBe('0.5312_0.22_0.125');
  expect(parseZoomView(zoomViewText(view))).toEqual({ x: 0.5312, y: 0.22, width: 0.125 });
});

test.each([
  undefined,
  '',
  '0.5',
  '0.5_0.5',
  '0.5_0.5_0',
  '0.5_0.5_-1',
  'a_b_c',
  '0.5__1',
  '1_2_3_4',
  '0_0_1e999',
])('an address that says %s says nothing of it', (words) => {
  expect(parseZoomView(words)).toBeNull();
});
