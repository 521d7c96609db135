import { describe, expect, it } from 'vitest';
import { geometryOf } from '../../../src/engine/motion/geometry.ts';

describe('sizes of the transforms', () => {
  it.each([
    [4096, 4096, 1],
    [5760, 4092, 1],
    [3838, 3710, 1],
    [11520, 8184, 2],
    [5760, 4092, 1.5],
    [5760, 4092, 1.7],
    [4096, 4096, 3],
    [100, 37, 1],
  ])('of %i x %i binned by %f contain the frame and keep the binning ratio', (width, height, binning) => {
    const { frame, sum, crop, outputWidth, outputHeight } = geometryOf(width, height, binning);
    expect(frame.width).toBeGreaterThanOrEqual(width);
    expect(frame.height).toBeGreaterThanOrEqual(height);
    expect(sum.width).toBeGreaterThanOrEqual(outputWidth);
    expect(sum.height).toBeGreaterThanOrEqual(outputHeight);
    expect(frame.width / sum.width / binning).toBeCloseTo(1, 3);
    expect(frame.height / sum.height / binning).toBeCloseTo(1, 3);
    expect([frame.width % 32, sum.width % 32, crop.width % 32]).toEqual([0, 0, 0]);
    expect(crop.width).toBeLessThanOrEqual(frame.width);
  });
});
