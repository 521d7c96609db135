import { describe, expect, it } from 'vitest';
import { ArraySize } from '../../../src/executors/slurm/array-size.ts';

describe('the size of the next array', () => {
  it('is halved until the queue has room, and doubled when it took one', () => {
    const size = new ArraySize();
    expect(size.refused(40, 'full')).toBe(true);
    expect(size.most).toBe(20);
    expect(size.refused(20, 'full')).toBe(true);
    size.taken();
    expect(size.most).toBe(20);
  });

  it('stays one task where there is no room for one, and nothing smaller is worth a try', () => {
    const size = new ArraySize();
    expect(size.refused(1, 'full')).toBe(false);
    expect(size.most).toBe(1);
  });

  it('never again grows to what the site does not take', () => {
    const size = new ArraySize();
    size.refused(9, 'too_large');
    for (let i = 0; i < 10; i++) size.taken();
    expect(size.most).toBe(4);
  });
});
