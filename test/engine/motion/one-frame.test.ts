import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { alignWarnings } from '../../../src/pipeline/finding-texts.ts';
import { describeMotion } from '../../../src/pipeline/motion.ts';
import { simulateMovie } from '../../../src/simulator/movie.ts';
import { alignRequest } from './align-request.ts';
import { drift, type SyntheticOptions, writeSyntheticMovie } from './synthetic-movie.ts';

/** If fewer than two frames can be aligned, the motion must be unknown (null), never 0.0. */
const dir = mkdtempSync(join(tmpdir(), 'one-frame-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SIZE = { width: 128, height: 128 };

async function motionOf(path: string, changes: Partial<AlignRequest> = {}) {
  const outcome = await alignMovie(alignRequest(path, { dosePerFrameEA2: 1, ...changes }));
  const warnings = alignWarnings(outcome.findings).join(' ');
  return { outcome, motion: describeMotion({ ...outcome, local: null }, 1), warnings };
}

function writeMovie(name: string, frames: number, changes: Partial<SyntheticOptions> = {}): string {
  const path = join(dir, `${name}.mrc`);
  writeSyntheticMovie(path, { ...SIZE, dose: 4, shifts: drift(frames, 4), ...changes });
  return path;
}

const UNKNOWN_MOTION = {
  shiftsPixels: [],
  shiftsA: [],
  totalA: null,
  earlyA: null,
  lateA: null,
  meanShiftA: null,
  converged: false,
};

describe('the motion', () => {
  it('is unknown for a movie with one frame', async () => {
    const { outcome, motion, warnings } = await motionOf(writeMovie('one', 1));
    expect(motion).toMatchObject({ ...UNKNOWN_MOTION, frames: 1 });
    expect(warnings).toContain('The movie has one frame');
    // The sum exists, and the STAR file for RELION still lists the frame.
    expect(outcome.shiftsPixels).toEqual([[0, 0]]);
    expect(outcome.sum.some((value) => value > 0)).toBe(true);
  });

  it('is unknown if only one frame of a movie is used', async () => {
    const { motion, warnings } = await motionOf(writeMovie('five', 5), { throwFrames: 2, truncFrames: 2 });
    expect(motion).toMatchObject({ ...UNKNOWN_MOTION, frames: 5, firstFrame: 3, lastFrame: 3 });
    expect(warnings).toContain('Only one of the 5 frames is used');
  });

  it('is unknown if only one frame of a movie is not blank', async () => {
    const modify = (frame: Float32Array, index: number) => void (index === 1 ? 0 : frame.fill(0));
    const { motion, warnings } = await motionOf(writeMovie('blanked', 4, { modify }));
    expect(motion).toMatchObject(UNKNOWN_MOTION);
    expect(warnings).toContain('Only one of the 4 used frames can be aligned');
  });

  it('is unknown for a saturated movie', async () => {
    const modify = (frame: Float32Array) => void frame.fill(255);
    const { motion, warnings } = await motionOf(writeMovie('saturated', 4, { modify }));
    expect(motion).toMatchObject(UNKNOWN_MOTION);
    expect(warnings).toContain('Motion could not be measured');
  });

  it('is unknown for an EER file whose camera frames are all in one fraction', async () => {
    const path = join(dir, 'one.eer');
    await simulateMovie({
      path,
      ...SIZE,
      seed: 1,
      frames: 4,
      dosePerFrameEA2: 1,
      pixelSizeA: 1,
      eerFramesPerFraction: 4,
      format: 'eer',
    });
    const eer = { framesPerFraction: 16, dosePerFractionEA2: null, upsampling: 1 } as const;
    const { motion, warnings } = await motionOf(path, { dosePerFrameEA2: null, totalDoseEA2: 4, eer });
    expect(motion).toMatchObject({ ...UNKNOWN_MOTION, frames: 1 });
    expect(warnings).toMatch(/All 16 camera frames are in one fraction.*eer_grouping/);
    const twoFractions = await motionOf(path, {
      dosePerFrameEA2: null,
      totalDoseEA2: 4,
      eer: { ...eer, framesPerFraction: 8 },
    });
    expect(twoFractions.motion.totalA).toBeGreaterThan(0);
  });
});

describe('a TIFF file', () => {
  const pixels = Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => (i * 7919) % 13);
  const warningsOf = (
    name: string,
    compression: 'none' | 'lzw',
    frames: number,
    trailingBytes: Uint8Array,
  ) => {
    const path = join(dir, name);
    const writer = createTiffWriter(path, { ...SIZE, pixelType: 'u8', compression });
    for (let i = 0; i < frames; i++) writer.appendFrame(pixels);
    writer.finish();
    writeFileSync(path, Buffer.concat([readFileSync(path), trailingBytes]));
    const reader = openMovie(path);
    reader.close();
    return reader.warnings.join(' ');
  };

  it.each(['none', 'lzw'] as const)(
    'that lists only one of its frames causes a warning with the number of the other frames: %s',
    (compression) => {
      const unlistedFrames = new Uint8Array(5 * pixels.length + 600);
      expect(warningsOf('hidden.tiff', compression, 1, unlistedFrames)).toMatch(
        /lists one frame, but is large enough to contain \d+ more/,
      );
      expect(warningsOf('hidden.tiff', 'none', 1, unlistedFrames)).toContain(
        'is large enough to contain 5 more',
      );
    },
  );

  it('that has only a few bytes after its frame, or lists several frames, causes no warning', () => {
    expect(warningsOf('single.tiff', 'none', 1, new Uint8Array(900))).toBe('');
    expect(warningsOf('several.tiff', 'none', 2, new Uint8Array(5 * pixels.length))).toBe('');
  });
});
