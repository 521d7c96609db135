import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { frameBytes } from '../../../src/formats/pixels.ts';
import { createDetector } from '../../../src/simulator/gain.ts';
import { type MovieFacts, simulateMovie } from '../../../src/simulator/movie.ts';
import { alignRequest } from './align-request.ts';
import { rmsd } from './synthetic-movie.ts';

const dir = mkdtempSync(join(tmpdir(), 'eer-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const path = join(dir, 'movie_EER.eer');
const SIDE = 256;
const FRACTIONS = 8;
const CAMERA_FRAMES = 12;
let facts: MovieFacts;

beforeAll(async () => {
  const detector = createDetector({
    width: SIDE,
    height: SIDE,
    seed: 3,
    hotPerMillion: 0,
    deadPerMillion: 0,
  });
  const uniformGain = detector.gain.map(() => 1);
  facts = await simulateMovie({
    path,
    seed: 5,
    format: 'eer',
    width: SIDE,
    height: SIDE,
    frames: FRACTIONS,
    eerFramesPerFraction: CAMERA_FRAMES,
    dosePerFrameEA2: 2,
    jitterPixels: 0.05,
    detector: { ...detector, gain: uniformGain, sensitivity: uniformGain },
  });
});

const request = (changes: Partial<AlignRequest> = {}): AlignRequest =>
  alignRequest(path, {
    dosePerFrameEA2: 2 / CAMERA_FRAMES,
    eer: { framesPerFraction: CAMERA_FRAMES, dosePerFractionEA2: null, upsampling: 1 },
    ...changes,
  });

describe('an EER movie', () => {
  it('from the simulator has Poisson counts, except for coincidences', () => {
    const reader = openMovie(path, { eer: { framesPerFraction: CAMERA_FRAMES } });
    const out = new Uint8Array(frameBytes(reader));
    reader.readFrame(0, out);
    const mean = out.reduce((sum, count) => sum + count, 0) / out.length;
    // A pixel counts the camera frames, out of 12, with at least one electron. The number of electrons in a
    // camera frame is Poisson, with a twelfth of the mean.
    const expected = CAMERA_FRAMES * (1 - Math.exp(-facts.electronsPerPixelFrame / CAMERA_FRAMES));
    expect(mean / expected).toBeCloseTo(1, 1);
    reader.close();
  });

  it('is aligned as fractions, with the dose of a fraction', async () => {
    const outcome = await alignMovie(request());
    expect(outcome).toMatchObject({ frames: FRACTIONS, movieWidth: SIDE, width: SIDE, pixelSizeA: 1 });
    expect(outcome.dosePerFrameEA2).toBeCloseTo(2, 6);
    expect(rmsd(outcome.shiftsPixels, facts.shiftsPixels)).toBeLessThan(0.3);
  });

  it('has smaller pixels if it is upsampled, and a micrograph with the pixels of the sensor', async () => {
    const eer = { framesPerFraction: CAMERA_FRAMES, dosePerFractionEA2: null, upsampling: 2 } as const;
    const outcome = await alignMovie(request({ eer, threads: 2 }));
    expect(outcome).toMatchObject({ movieWidth: 2 * SIDE, width: SIDE, height: SIDE });
    expect(outcome.pixelSizeA).toBeCloseTo(1, 3);
    expect(outcome.eer).toMatchObject({ upsampling: 2, framesPerFraction: CAMERA_FRAMES, leftOver: 0 });
    const expectedShifts = facts.shiftsPixels.map(([x, y]) => [2 * x, 2 * y] as const);
    expect(rmsd(outcome.shiftsPixels, expectedShifts)).toBeLessThan(0.6);
  });

  it('receives its total dose over all camera frames, including those at the end that do not fill a fraction', async () => {
    const eer = { framesPerFraction: 10, dosePerFractionEA2: null, upsampling: 1 } as const;
    const outcome = await alignMovie(request({ eer, dosePerFrameEA2: null, totalDoseEA2: 16 }));
    expect(outcome.frames).toBe(9);
    expect(outcome.dosePerFrameEA2).toBeCloseTo((16 / 96) * 10, 6);
    expect(outcome.readerWarnings.join()).toContain('camera frames are not used: 6 of 96.');
  });

  it('causes a warning if the dose of a fraction was given as the dose of a camera frame', async () => {
    const outcome = await alignMovie(request({ dosePerFrameEA2: 4 }));
    expect(outcome.findings).toContainEqual({
      kind: 'eer-dose-too-high',
      totalDoseEA2: 4 * 96,
      cameraFrames: 96,
    });
  });
});
