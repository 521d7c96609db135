import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import { estimateCtf } from '../../../src/engine/ctf/estimate.ts';
import { makeMicrograph } from '../../support/ctf/micrograph.ts';
import { sweepTruth } from '../../support/ctf/sweep.ts';

const SIZE = 1024;
const truth = { ...sweepTruth(15, SIZE), pixelSizeA: 1.1, strengthA2: 0.15 };
const optics = { voltageKv: 300, csMm: 2.7, amplitudeContrast: 0.1, search: DEFAULT_CTF_SEARCH };

interface Image {
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number;
}

const remap = (
  source: Image,
  width: number,
  height: number,
  sourceIndex: (x: number, y: number) => number,
): Image => ({
  ...source,
  width,
  height,
  data: new Float32Array(width * height).map(
    (_, i) => source.data[sourceIndex(i % width, Math.floor(i / width))]!,
  ),
});

/** Each change of the image and its effect on an angle in degrees. */
const CHANGES = {
  'rotated by 90 degrees': {
    image: (i: Image) => remap(i, i.height, i.width, (x, y) => (i.height - 1 - x) * i.width + y),
    angle: (a: number) => a + 90,
  },
  'mirrored left to right': {
    image: (i: Image) => remap(i, i.width, i.height, (x, y) => y * i.width + i.width - 1 - x),
    angle: (a: number) => -a,
  },
  'mirrored upside down': {
    image: (i: Image) => remap(i, i.width, i.height, (x, y) => (i.height - 1 - y) * i.width + x),
    angle: (a: number) => -a,
  },
  cropped: {
    image: (i: Image) => remap(i, i.width - 100, i.height - 60, (x, y) => (y + 40) * i.width + x + 70),
    angle: (a: number) => a,
  },
  'binned by 2': {
    image: (i: Image) => {
      const binned = remap(i, i.width >> 1, i.height >> 1, (x, y) => 2 * y * i.width + 2 * x);
      const data = binned.data.map((_, index) => {
        const from = 2 * Math.floor(index / binned.width) * i.width + 2 * (index % binned.width);
        return i.data[from]! + i.data[from + 1]! + i.data[from + i.width]! + i.data[from + i.width + 1]!;
      });
      return { ...binned, data, pixelSizeA: 2 * i.pixelSizeA };
    },
    angle: (a: number) => a,
  },
} as const;

async function ctfOf({ data, ...image }: Image) {
  const { ctf } = await estimateCtf({ image: data, ...image, ...optics });
  return ctf;
}

describe('the CTF fit', () => {
  it('gives the same defocus and the transformed angle when the micrograph is rotated, mirrored, cropped or binned', async () => {
    const names = Object.keys(CHANGES) as (keyof typeof CHANGES)[];
    const cases = fc.record({
      meanA: fc.integer({ min: 8000, max: 25_000 }),
      astigmatismA: fc.integer({ min: 600, max: 1500 }),
      angleDeg: fc.integer({ min: -90, max: 90 }),
      seed: fc.integer({ min: 1, max: 1000 }),
      changes: fc.shuffledSubarray(names, { minLength: 2, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ meanA, astigmatismA, angleDeg, seed, changes }) => {
        const variation = {
          defocusUA: meanA + astigmatismA / 2,
          defocusVA: meanA - astigmatismA / 2,
          angleDeg,
          seed,
        };
        const data = makeMicrograph({ ...truth, ...variation });
        const image = { data, width: SIZE, height: SIZE, pixelSizeA: truth.pixelSizeA };
        const fitBefore = await ctfOf(image);
        const changedImage = changes.reduce((i: Image, name) => CHANGES[name].image(i), image);
        const angle = changes.reduce(
          (a: number, name) => CHANGES[name].angle(a),
          fitBefore.astigmatismAngleDeg,
        );
        const fitAfter = await ctfOf(changedImage);
        // Cropping and binning change the noise; rotation and mirroring do not.
        const isNoiseChanged = changes.some((name) => name === 'cropped' || name === 'binned by 2');
        const meanOf = (c: typeof fitBefore) => (c.defocusUA + c.defocusVA) / 2;
        expect(Math.abs(meanOf(fitAfter) - meanOf(fitBefore))).toBeLessThan(isNoiseChanged ? 60 : 3);
        const angleErrorDeg = Math.abs(
          ((((fitAfter.astigmatismAngleDeg - angle + 90) % 180) + 180) % 180) - 90,
        );
        expect(angleErrorDeg).toBeLessThan(isNoiseChanged ? 5 : 0.5);
      }),
      { numRuns: 5, seed: 4 },
    );
  });
});
