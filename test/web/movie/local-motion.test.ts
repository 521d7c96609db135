import { describe, expect, it } from 'vitest';
import type { ResultRecord } from '../../../src/contract/record.ts';
import { localShift } from '../../../src/engine/motion/local-model.ts';
import { niceNumberAtMost } from '../../../web/src/data/statistics.ts';
import { localArrows } from '../../../web/src/movie/local-motion.ts';
import { scaleBar } from '../../../web/src/plots/scale-bar.ts';

const model = {
  x: Array.from({ length: 18 }, (_, i) => Math.sin(i + 1) / 50),
  y: Array.from({ length: 18 }, (_, i) => Math.cos(i + 1) / 50),
};
const recordOf = (binning: number) =>
  ({
    motion: {
      firstFrame: 2,
      lastFrame: 5,
      local: { patches: [4, 3], coefficientsX: model.x, coefficientsY: model.y },
    },
    statistics: { width: 4000 / binning, height: 3000 / binning, pixelSizeA: 0.5 * binning },
    recipe: { pixelSizeA: 0.5 },
  }) as unknown as ResultRecord;

describe('localArrows', () => {
  it.each([1, 2])(
    'show the motion of each patch as the engine computes it, exaggerated, with y upwards (binning %d)',
    (binning) => {
      const { arrows, exaggeration, largestA } = localArrows(recordOf(binning))!;
      expect(arrows).toHaveLength(12);
      let largest = 0;
      for (const [i, { path }] of arrows.entries()) {
        const [x, y] = [((i % 4) + 0.5) / 4 - 0.5, (Math.floor(i / 4) + 0.5) / 3 - 0.5];
        expect(path).toHaveLength(4);
        expect(path[0]).toEqual([((x + 0.5) * 4000) / binning, ((0.5 - y) * 3000) / binning]);
        for (const [z, [px, py]] of path.entries()) {
          const [dx, dy] = localShift(model, z, x, y);
          expect(px - path[0]![0]).toBeCloseTo((dx * exaggeration) / binning, 6);
          expect(py - path[0]![1]).toBeCloseTo((-dy * exaggeration) / binning, 6);
          largest = Math.max(largest, Math.hypot(dx, dy));
        }
      }
      expect(largestA).toBeCloseTo(largest * 0.5, 9);
      expect(exaggeration).toBe(niceNumberAtMost((0.6 * 1000) / largest));
    },
  );

  it('do not exist if only whole-frame motion was corrected', () => {
    const record = recordOf(1);
    expect(localArrows({ ...record, motion: { ...record.motion!, local: null } })).toBeNull();
  });
});

describe('scaleBar', () => {
  it.each([
    [0.8, 150, 100, '10 nm'],
    [0.01, 150, 1, '1 Å'],
    [130, 150, 10_000, '1 µm'],
    [3.4, 150, 500, '50 nm'],
  ])(
    'has a round number as its length: %d Å per pixel, at most %d pixels',
    (angstromPerPx, maxPx, lengthA, label) => {
      const bar = scaleBar(angstromPerPx, maxPx);
      expect(bar.label).toBe(label);
      expect(bar.px).toBeCloseTo(lengthA / angstromPerPx, 9);
      expect(bar.px).toBeLessThanOrEqual(maxPx);
    },
  );
});
