import { describe, expect, it } from 'vitest';
import { createDetector } from '../../src/simulator/gain.ts';

const SIZE = 512;
const detector = createDetector({
  width: SIZE,
  height: SIZE,
  seed: 2,
  deadPerMillion: 100,
  hotPerMillion: 100,
});

function spread(values: number[]): number {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}

describe('gain', () => {
  it('has mean 1 over live pixels', () => {
    const liveValues = detector.gain.filter((value) => value > 0);
    expect(liveValues.reduce((a, b) => a + b) / liveValues.length).toBeCloseTo(1, 5);
  });

  it('is zero on dead pixels, and one over the sensitivity elsewhere', () => {
    for (const [x, y] of detector.deadPixels) expect(detector.gain[y * SIZE + x]).toBe(0);
    const products = detector.gain.map((value, i) => value * detector.sensitivity[i]!);
    const deadCount = products.filter((product) => product === 0).length;
    expect(deadCount).toBe(new Set(detector.deadPixels.map(([x, y]) => y * SIZE + x)).size);
    expect(products.filter((product) => Math.abs(product - 1) > 1e-6).length).toBe(deadCount);
  });

  it('has column and row stripes', () => {
    const lineMeans = (stride: number, step: number) =>
      Array.from({ length: SIZE }, (_, a) => {
        let sum = 0;
        for (let b = 0; b < SIZE; b++) sum += detector.gain[a * stride + b * step]!;
        return sum / SIZE;
      });
    // In means of 512 pixels, the pixel-to-pixel spread of 2.5 % is only 0.1 %, and the shading averages out.
    // What remains is the stripes and, between columns, the readout blocks.
    expect(spread(lineMeans(1, SIZE))).toBeGreaterThan(0.02);
    expect(spread(lineMeans(SIZE, 1))).toBeGreaterThan(0.012);
  });

  it('is the same for the same seed, and different for another seed', () => {
    const first = createDetector({ width: 64, height: 32, seed: 2 });
    expect(createDetector({ width: 64, height: 32, seed: 2 })).toEqual(first);
    expect(createDetector({ width: 64, height: 32, seed: 3 }).gain).not.toEqual(first.gain);
  });
});
