import { describe, expect, it } from 'vitest';
import { geometryOf } from '../../../src/engine/motion/geometry.ts';
import { groupFrames, groupSizes } from '../../../src/engine/motion/groups.ts';
import { maxHotPixels } from '../../../src/engine/motion/hot-pixels.ts';
import { layoutBytes } from '../../../src/engine/motion/layout.ts';
import { patchPlane } from '../../../src/engine/motion/patches.ts';

const MIB = 2 ** 20;

/** Memory of the kernels in MiB, for an 8-bit movie with gain reference, dose and 5x5 patches. */
function layoutMib(width: number, height: number, binning: number, frames: number, threads: number): number {
  const geometry = geometryOf(width, height, binning);
  const bytes = layoutBytes({
    geometry,
    pixelType: 'u8',
    threads,
    hasGain: true,
    isDoseWeighted: true,
    hasEvenOddSums: false,
    badCapacity: maxHotPixels(width * height),
    cropCount: groupSizes(groupFrames(frames)).length,
    patch: patchPlane(geometry, [5, 5]),
  });
  return bytes / MIB;
}

describe('the memory of the kernels', () => {
  // the process also needs memory for its code and two sums: `npm run bench -- motion` measures the total
  it.each([
    [4096, 4096, 1, 40, 470],
    [4096, 4096, 1, 100, 620],
    [5760, 4092, 1, 50, 700],
    [11520, 8184, 2, 100, 1700],
  ])(
    'of %i x %i binned by %i with %i frames and one thread stays below %i MiB',
    (width, height, binning, frames, maxMib) => {
      expect(layoutMib(width, height, binning, frames, 1)).toBeLessThan(maxMib);
    },
  );

  it('does not grow with the number of frames beyond 80 frames', () => {
    expect(layoutMib(4096, 4096, 1, 5000, 1)).toBe(layoutMib(4096, 4096, 1, 80, 1));
  });

  it('grows by 64 to 110 MiB with each additional thread', () => {
    const perThread = layoutMib(4096, 4096, 1, 40, 8) - layoutMib(4096, 4096, 1, 40, 7);
    expect(perThread).toBeGreaterThan(64);
    expect(perThread).toBeLessThan(110);
  });
});
