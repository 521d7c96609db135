import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GainCheck } from '../../../src/contract/gain-check.ts';
import type { GainSense } from '../../../src/contract/recipe.ts';
import { ORIENTATIONS, type Orientation } from '../../../src/engine/gain-orientation/orientations.ts';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { orientGain } from '../../../src/engine/motion/orient.ts';
import type { Image } from '../../../src/formats/movie.ts';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { createDetector, type Detector } from '../../../src/simulator/gain.ts';
import { simulateMovie } from '../../../src/simulator/movie.ts';
import { alignRequest } from '../motion/align-request.ts';

/**
 * Requirement of the project: all 8 orientations are recognised in movies with 20 frames, in every format,
 * without a false warning.
 */
const dir = mkdtempSync(join(tmpdir(), 'orientation-formats-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const FRAMES = 20;
/**
 * Number of simulated cameras per format. Releases are tested with 7 cameras in 3 formats, because 20 cases
 * are required; `check.test.ts` always tests 20.
 */
const CAMERAS = Number(process.env.GAIN_CAMERAS ?? 1);
const FORMATS = ['tiff', 'mrc', 'eer'] as const;
type Format = (typeof FORMATS)[number];
const IDENTITY: Orientation = { rotate: 0, flip: 0 };

const imageOf = ({ width, height }: Detector, data: Float32Array): Image => ({
  width,
  height,
  data,
  pixelSizeA: null,
});
const gainOf = (detector: Detector): Image => imageOf(detector, detector.gain);

async function movieOf(name: string, detector: Detector, format: Format, seed: number): Promise<string> {
  const path = join(dir, `${name}.${format}`);
  const { width, height } = detector;
  const settings = {
    width,
    height,
    frames: FRAMES,
    dosePerFrameEA2: 1,
    eerFramesPerFraction: 8,
    mrcMode: 1 as const,
  };
  await simulateMovie({ path, seed, ...settings, pixelSizeA: 1, detector, format });
  return path;
}

/** Writes the gain reference in the orientation for which `setting` is the correct setting. */
function writeGain(name: string, reference: Image, setting: Orientation, format: Format): string {
  const probe: Image = { width: 2, height: 2, data: Float32Array.of(1, 2, 3, 4), pixelSizeA: null };
  const rotated = orientGain(probe, setting);
  const inverse = ORIENTATIONS.find((o) => orientGain(rotated, o).data.join() === probe.data.join())!;
  const { width, height, data } = orientGain(reference, inverse);
  const path = join(dir, `${name}${format === 'eer' ? '.gain' : `_gain.${format}`}`);
  if (format === 'mrc') writeMrc(path, { width, height, data }, 1);
  else {
    const writer = createTiffWriter(path, { width, height, pixelType: 'f32', compression: 'none' });
    // The rows of a `.gain` file are in the order of the EER movie; a TIFF image begins at the top.
    const rows =
      format === 'eer'
        ? orientGain({ width, height, data, pixelSizeA: null }, { rotate: 0, flip: 1 }).data
        : data;
    writer.appendFrame(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
    writer.finish();
  }
  return path;
}

type Setting = Orientation & { readonly sense?: GainSense };

async function gainCheckOf(moviePath: string, path: string, setting: Setting): Promise<GainCheck> {
  const { gainCheck, gainPattern } = await alignMovie(
    alignRequest(moviePath, {
      totalDoseEA2: FRAMES,
      gain: { path, ...setting },
      eer: { framesPerFraction: 8, dosePerFractionEA2: null, upsampling: 1 },
    }),
  );
  // The maps of the pattern must confirm the check: the bright spot in their centre is present before
  // correction, and absent after correction with the best match.
  const centreOf = (map: Float32Array) => map[(map.length - 1) / 2]!;
  expect(centreOf(gainPattern!.counts)).toBeGreaterThan(0.5);
  expect(centreOf(gainPattern!.withBestMatch ?? gainPattern!.withSetting)).toBeLessThan(0.35);
  return gainCheck!;
}

describe.each(FORMATS)('a gain reference for %s movies', (format) => {
  const camera = createDetector({ width: 160, height: 160, seed: 31 });
  let movie: string;
  beforeAll(async () => {
    movie = await movieOf('square', camera, format, 5);
  });

  it.each(ORIENTATIONS)('that needs the setting %o is recognised', async (neededSetting) => {
    const path = writeGain('square', gainOf(camera), neededSetting, format);
    const result = await gainCheckOf(movie, path, IDENTITY);
    expect(result.best).toEqual(neededSetting);
    expect(result.verdict).toBe(neededSetting === ORIENTATIONS[0] ? 'agrees' : 'contradicts');
  });

  it('is recognised in the four orientations that fit a non-square sensor', async () => {
    const wideDetector = createDetector({ width: 192, height: 128, seed: 32 });
    const wideMovie = await movieOf('wide', wideDetector, format, 6);
    for (const neededSetting of ORIENTATIONS.filter(({ rotate }) => rotate % 2 === 0)) {
      const result = await gainCheckOf(
        wideMovie,
        writeGain('wide', gainOf(wideDetector), neededSetting, format),
        IDENTITY,
      );
      expect(result.best).toEqual(neededSetting);
    }
  });

  it.each(ORIENTATIONS)(
    'that is inverted and needs the setting %o is recognised, and agrees if gain_sense is set',
    async (neededSetting) => {
      const inverse = imageOf(
        camera,
        camera.gain.map((value) => 1 / value),
      );
      const path = writeGain('inverse', inverse, neededSetting, format);
      const result = await gainCheckOf(movie, path, IDENTITY);
      expect(result).toMatchObject({ verdict: 'contradicts', best: { ...neededSetting, sense: 'divide' } });
      const setting = { ...neededSetting, sense: 'divide' } as const;
      expect(await gainCheckOf(movie, path, setting)).toMatchObject({
        verdict: 'agrees',
        setting,
        best: neededSetting,
      });
    },
  );

  it('causes no warning in the correct orientation', async () => {
    for (let seed = 200; seed < 200 + CAMERAS; seed++) {
      const otherCamera = createDetector({ width: 160, height: 160, seed });
      const path = writeGain('correct', gainOf(otherCamera), IDENTITY, format);
      const result = await gainCheckOf(await movieOf('correct', otherCamera, format, seed), path, IDENTITY);
      expect(result.verdict, `seed ${seed}`).toBe('agrees');
    }
  });
});

describe('a gain reference whose resolution differs from that of the movie', () => {
  const fineDetector = createDetector({
    width: 384,
    height: 384,
    seed: 33,
    deadPerMillion: 0,
    hotPerMillion: 0,
  });
  const coarseDetector = createDetector({
    width: 96,
    height: 96,
    seed: 34,
    deadPerMillion: 0,
    hotPerMillion: 0,
  });

  it('is recognised in all orientations: super-resolution, for a counting movie', async () => {
    // A pixel of the counting movie has the mean sensitivity of four super-resolution pixels.
    const sensitivity = new Float32Array(192 * 192);
    for (let y = 0; y < 192; y++)
      for (let x = 0; x < 192; x++)
        sensitivity[y * 192 + x] =
          [0, 1, 384, 385].reduce(
            (sum, offset) => sum + fineDetector.sensitivity[2 * y * 384 + 2 * x + offset]!,
            0,
          ) / 4;
    const countingDetector: Detector = {
      width: 192,
      height: 192,
      sensitivity,
      gain: sensitivity.map((value) => 1 / value),
      hotPixels: [],
      deadPixels: [],
    };
    const movie = await movieOf('counting', countingDetector, 'tiff', 7);
    for (const neededSetting of ORIENTATIONS) {
      const result = await gainCheckOf(
        movie,
        writeGain('fine', gainOf(fineDetector), neededSetting, 'tiff'),
        IDENTITY,
      );
      expect(result.best).toEqual(neededSetting);
    }
  });

  it('is recognised in all orientations: counting resolution, for a super-resolution movie', async () => {
    const doubleSize = (values: Float32Array) =>
      Float32Array.from(
        { length: 192 * 192 },
        (_, i) => values[(Math.floor(i / 192) >> 1) * 96 + ((i % 192) >> 1)]!,
      );
    const superResolutionDetector: Detector = {
      width: 192,
      height: 192,
      gain: doubleSize(coarseDetector.gain),
      sensitivity: doubleSize(coarseDetector.sensitivity),
      hotPixels: [],
      deadPixels: [],
    };
    const movie = await movieOf('super', superResolutionDetector, 'tiff', 8);
    for (const neededSetting of ORIENTATIONS) {
      const result = await gainCheckOf(
        movie,
        writeGain('coarse', gainOf(coarseDetector), neededSetting, 'tiff'),
        IDENTITY,
      );
      expect(result.best).toEqual(neededSetting);
    }
  });
});

describe('a gain reference by which the frames of EER movies are divided (MRC or TIFF format)', () => {
  it.each(['mrc', 'tiff'] as const)(
    'is recognised as inverted if frames must be multiplied by it: %s',
    async (format) => {
      const camera = createDetector({ width: 160, height: 160, seed: 33 });
      const movie = await movieOf('divided', camera, 'eer', 7);
      const path = writeGain('divided', gainOf(camera), IDENTITY, format);
      const best = { ...IDENTITY, sense: 'multiply' } as const;
      expect(await gainCheckOf(movie, path, IDENTITY)).toMatchObject({ verdict: 'contradicts', best });
      expect(await gainCheckOf(movie, path, best)).toMatchObject({
        verdict: 'agrees',
        setting: best,
        best: IDENTITY,
      });
    },
  );
});
