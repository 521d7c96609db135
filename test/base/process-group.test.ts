import { expect, test } from 'vitest';
import { sendSignal } from '../../src/base/process-group.ts';

test.each([0, -1, Number.NaN, 1.5])('%s is refused: it would mean this group, or all processes', (id) => {
  expect(() => sendSignal(id, 0)).toThrow(RangeError);
});

test('signal 0 tells whether a process exists', () => {
  expect(sendSignal(process.pid, 0)).toBe(true);
  expect(sendSignal(2 ** 22 + 1, 0)).toBe(false);
});
