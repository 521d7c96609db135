import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GainCheck } from '../../../src/contract/gain-check.ts';
import { checkGain } from '../../../src/engine/gain-orientation/check.ts';
import {
  isSameOrientation,
  ORIENTATIONS,
  type Orientation,
} from '../../../src/engine/gain-orientation/orientations.ts';
import { combineChecks } from '../../../src/engine/gain-orientation/verdict.ts';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { orientGain } from '../../../src/engine/motion/orient.ts';
import type { Image } from '../../../src/formats/movie.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { gainAdvice, gainWarnings } from '../../../src/pipeline/gain-advice.ts';
import { createDetector, type Detector } from '../../../src/simulator/gain.ts';
import { simulateMovie } from '../../../src/simulator/movie.ts';
import { alignRequest } from '../motion/align-request.ts';

const dir = mkdtempSync(join(tmpdir(), 'orientation-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SIDE = 256;
const FRAMES = 20;

async function simulateSum(
  seed: number,
  detector: Detector,
  frames = FRAMES,
  dosePerFrameEA2 = 1,
): Promise<Float32Array> {
  const path = join(dir, `movie-${seed}.tiff`);
  const { width, height } = detector;
  await simulateMovie({ path, seed, width, height, frames, dosePerFrameEA2, detector });
  const reader = openMovie(path);
  const sum = new Float32Array(width * height);
  const frame = new Uint8Array(sum.length);
  for (let i = 0; i < reader.frames; i++) {
    reader.readFrame(i, frame);
    for (let k = 0; k < sum.length; k++) sum[k]! += frame[k]!;
  }
  reader.close();
  return sum;
}

const imageOf = ({ width, height, gain }: Detector): Image => ({
  width,
  height,
  data: gain,
  pixelSizeA: null,
});

function check(sum: Float32Array, gain: Image, setting: Orientation): GainCheck {
  const { width, height, data } = gain;
  return checkGain({ sum, gain: data, width, height, isBad: () => false, setting });
}

const IDENTITY: Orientation = { rotate: 0, flip: 0 };
/** The inverse of a setting. */
function inverseOf(orientation: Orientation): Orientation {
  const probe: Image = {
    width: 3,
    height: 3,
    data: Float32Array.from({ length: 9 }, (_, i) => i),
    pixelSizeA: null,
  };
  const rotated = orientGain(probe, orientation);
  return ORIENTATIONS.find((candidate) => orientGain(rotated, candidate).data.join() === probe.data.join())!;
}

describe('the gain orientation, from the counts', () => {
  const detector = createDetector({ width: SIDE, height: SIDE, seed: 11 });
  let sum: Float32Array;
  beforeAll(async () => {
    sum = await simulateSum(1, detector);
  });

  it.each(ORIENTATIONS)(
    'is found for a reference that needs the setting %o, whatever setting is in use',
    (neededSetting) => {
      // The gain reference as written by a camera that needs this setting.
      const file = orientGain(imageOf(detector), inverseOf(neededSetting));
      for (const setting of [IDENTITY, { rotate: 3, flip: 1 } as const]) {
        const result = check(sum, orientGain(file, setting), setting);
        expect(result.best).toEqual(neededSetting);
        const isCorrect = isSameOrientation(setting, neededSetting);
        expect(result.verdict).toBe(isCorrect ? 'agrees' : 'contradicts');
        expect(result.margin).toBeGreaterThan(0.4);
      }
    },
  );

  it('is one of only four if the sensor is not square', async () => {
    const wideDetector = createDetector({ width: 320, height: 256, seed: 12 });
    const wideSum = await simulateSum(2, wideDetector);
    const rotated = orientGain(imageOf(wideDetector), { rotate: 2, flip: 0 });
    const result = check(wideSum, rotated, IDENTITY);
    expect(result).toMatchObject({ verdict: 'contradicts', best: { rotate: 2, flip: 0 } });
    expect(result.scores).toHaveLength(4);
  });

  it('causes no warning in twenty correct cases', async () => {
    for (let seed = 100; seed < 120; seed++) {
      const camera = createDetector({ width: 160, height: 160, seed });
      const result = check(await simulateSum(seed, camera), imageOf(camera), IDENTITY);
      expect(result.verdict, `seed ${seed}`).toBe('agrees');
    }
  });

  it('is inconclusive with too few counts', async () => {
    const result = check(await simulateSum(3, detector, 1, 0.1), imageOf(detector), IDENTITY);
    expect(result).toMatchObject({ verdict: 'thin', best: null });
  });

  it('is inconclusive with a flat gain', () => {
    const flat = { ...imageOf(detector), data: new Float32Array(SIDE * SIDE).fill(1) };
    expect(check(sum, flat, IDENTITY)).toMatchObject({ verdict: 'thin', best: null, error: null });
  });

  it.each([1, 0.25, 3e-5, 7e9])('has scores of zero, never NaN, for a constant gain of %d', (value) => {
    const flat = { ...imageOf(detector), data: new Float32Array(SIDE * SIDE).fill(value) };
    const result = check(sum, flat, IDENTITY);
    expect(result.scores).toHaveLength(8);
    for (const { score } of result.scores) expect(score).toBe(0);
    expect(combineChecks([result, result])).toMatchObject({ verdict: 'thin', best: null, error: null });
  });

  it('has the verdict "contradicts", not "absent", for an inverted reference, from one movie or several', () => {
    const inverse = { ...imageOf(detector), data: detector.gain.map((value) => 1 / value) };
    const result = check(sum, inverse, IDENTITY);
    const best = { rotate: 0, flip: 0, sense: 'divide' };
    expect(result).toMatchObject({ verdict: 'contradicts', best });
    expect(result.margin).toBeGreaterThan(0.4);
    expect(combineChecks([result, result])).toMatchObject({ verdict: 'contradicts', best });
    expect(gainWarnings(result)).toHaveLength(1);
    expect(gainAdvice(result).remedy).toContain('gain_sense divide');
  });

  it('has the verdict "absent" if the movie is already corrected or the gain belongs to another camera', async () => {
    const otherDetector = { ...createDetector({ width: 512, height: 512, seed: 1, hotPerMillion: 0 }) };
    const uniformDetector = {
      ...otherDetector,
      gain: otherDetector.gain.map(() => 1),
      sensitivity: otherDetector.gain.map(() => 1),
    };
    const result = check(await simulateSum(4, uniformDetector, 40, 2), imageOf(otherDetector), IDENTITY);
    expect(result).toMatchObject({ verdict: 'absent', best: null });
  });

  it('is part of the result of the alignment', async () => {
    const path = join(dir, 'flipped_gain.tiff');
    const writer = createTiffWriter(path, {
      width: SIDE,
      height: SIDE,
      pixelType: 'f32',
      compression: 'none',
    });
    const file = orientGain(imageOf(detector), { rotate: 0, flip: 1 });
    writer.appendFrame(new Uint8Array(file.data.buffer));
    writer.finish();
    const request = alignRequest(join(dir, 'movie-1.tiff'), { dosePerFrameEA2: 1 });
    const wrongResult = await alignMovie({ ...request, gain: { path, rotate: 0, flip: 0 } });
    expect(wrongResult.gainCheck).toMatchObject({ verdict: 'contradicts', best: { rotate: 0, flip: 1 } });
    expect(wrongResult.findings).toContainEqual({ kind: 'gain-checked', check: wrongResult.gainCheck });
    const correctResult = await alignMovie({ ...request, gain: { path, rotate: 0, flip: 1 } });
    expect(correctResult.gainCheck).toMatchObject({ verdict: 'agrees' });
  });
});
