import { expect, test } from 'vitest';
import { parseZoomView, zoomViewText } from '../../../web/src/movie/zoom-view.ts';

test('the visible part of a micrograph is stored in the URL and restored from it', () => {
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
])('ignores an invalid view %s in the URL', (text) => {
  expect(parseZoomView(text)).toBeNull();
});
