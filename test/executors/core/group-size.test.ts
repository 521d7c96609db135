import { describe, expect, it } from 'vitest';
import { GroupSize } from '../../../src/executors/core/group-size.ts';

describe('the size of the next group', () => {
  it('is halved until the queue has room, and doubled after a success', () => {
    const size = new GroupSize();
    expect(size.onRefused(40, 'full')).toBe(true);
    expect(size.maxJobs).toBe(20);
    expect(size.onRefused(20, 'full')).toBe(true);
    size.onAccepted();
    expect(size.maxJobs).toBe(20);
  });

  it('stays at one job if there is no room for it, because no smaller group is possible', () => {
    const size = new GroupSize();
    expect(size.onRefused(1, 'full')).toBe(false);
    expect(size.maxJobs).toBe(1);
  });

  it('never grows again to a size that the site refuses', () => {
    const size = new GroupSize();
    size.onRefused(9, 'too_large');
    for (let i = 0; i < 10; i++) size.onAccepted();
    expect(size.maxJobs).toBe(4);
  });
});
