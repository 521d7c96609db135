import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BATCH_VERSION } from '../../src/contract/batch.ts';
import { resultRecordSchema } from '../../src/contract/record.ts';
import { createMrcStackWriter, writeMrc } from '../../src/formats/mrc/write.ts';
import { registerPrograms } from '../../src/pipeline/adapter.ts';
import { builtinAdapter } from '../../src/pipeline/builtin.ts';
import { enginePictures } from '../../src/pipeline/pictures.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';
import { finiteRecord, recordPath, serializeRecord } from '../../src/pipeline/record-file.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { drift, syntheticFrames } from '../engine/motion/synthetic-movie.ts';
import { identityOf } from '../support/movies.ts';
import { successfulRecord } from './session-records.ts';

/** A record must contain only finite numbers, whatever the movie and the gain. */
const top = mkdtempSync(join(tmpdir(), 'finite-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const SIZE = { width: 256, height: 256 };
const PIXELS = SIZE.width * SIZE.height;
const ordinaryFrames = (frames = 4) => [
  ...syntheticFrames({ ...SIZE, shifts: drift(frames, 3), dose: 3, contrast: 0.3 }),
];
const constantFrames = (value: number) =>
  Array.from({ length: 4 }, () => new Float32Array(PIXELS).fill(value));
const mapPixels = (f: (v: number, i: number) => number) => ordinaryFrames().map((frame) => frame.map(f));

const MOVIES: Readonly<Record<string, () => Float32Array[]>> = {
  'of one frame': () => ordinaryFrames(1),
  'of two equal frames': () => [ordinaryFrames(1)[0]!, ordinaryFrames(1)[0]!],
  'of ones': () => constantFrames(1),
  'of minus ones': () => constantFrames(-1),
  'of NaN': () => constantFrames(Number.NaN),
  'of infinite values': () => constantFrames(Number.POSITIVE_INFINITY),
  'with one non-zero pixel': () => mapPixels((_, i) => (i === 777 ? 5 : 0)),
  'with huge values': () => mapPixels((v) => 1e30 * v),
  'with tiny values': () => mapPixels((v) => 1e-30 * v),
  'with NaN in every second pixel': () => mapPixels((v, i) => (i % 2 ? Number.NaN : v)),
  'with mean zero': () => mapPixels((v) => v - 3),
};

async function recordOf(name: string, frames: readonly Float32Array[], gain: Float32Array | null = null) {
  const directory = join(top, name.replaceAll(' ', '-'));
  const [rawDir, processedDir] = [join(directory, 'raw'), join(directory, 'processed')];
  for (const folder of [rawDir, processedDir]) mkdirSync(folder, { recursive: true });
  const writer = createMrcStackWriter(join(rawDir, 'X.mrc'), { ...SIZE, mode: 2, pixelSizeA: 1 });
  for (const frame of frames) writer.appendFrame(new Uint8Array(frame.buffer));
  writer.finish();
  const gainPath = gain && join(directory, 'gain.mrc');
  if (gain && gainPath) writeMrc(gainPath, { ...SIZE, data: gain }, null);
  const parameters = { apix: 1, kev: 300, fmdose: 1.5, patch: '2x2' };
  await runBatch(
    {
      version: BATCH_VERSION,
      token: 'finite-test',
      rawDir,
      processedDir,
      executor: 'test',
      threads: 1,
      recipe: recipeFromParameters(parameters, { gainPath, defectMapPath: null }),
      movies: [{ ...identityOf(rawDir, 'X.mrc', 'X'), attempt: 1 }],
    },
    { programs: registerPrograms(builtinAdapter('test')), pictures: enginePictures, serviceVersion: 'test' },
  );
  // In JSON, NaN becomes null, and most fields must not be null.
  return resultRecordSchema.parse(JSON.parse(readFileSync(recordPath(processedDir, 'X'), 'utf8')));
}

describe('the record of a movie', () => {
  it.each(Object.keys(MOVIES))('%s can be read back, and no calculation failed', async (name) => {
    const { outcome, warnings } = await recordOf(name, MOVIES[name]!());
    expect(outcome).not.toMatchObject({ code: 'INTERNAL' });
    expect(warnings.join()).not.toContain('could not be calculated');
  });

  it.each([1, 0.001, 5e8])(
    'with a constant gain of %d can be read back, and the gain check is inconclusive',
    async (value) => {
      const gain = new Float32Array(PIXELS).fill(value);
      const { outcome, gainCheck, warnings } = await recordOf(`gain ${value}`, ordinaryFrames(), gain);
      expect(outcome).toEqual({ status: 'ok' });
      expect(gainCheck).toMatchObject({ verdict: 'thin', best: null, error: null });
      expect(warnings.join()).not.toMatch(/gain/i);
    },
  );
});

describe('a number that is not finite', () => {
  const recordWith = (totalA: number, defocusUA: number) => {
    const record = successfulRecord(3);
    const { motion, ctf } = record;
    return { ...record, motion: motion && { ...motion, totalA }, ctf: ctf && { ...ctf, defocusUA } };
  };

  it.each([Number.NaN, Infinity, -Infinity])(
    'becomes null, with a warning, in a field that may be null: %d',
    (value) => {
      const record = successfulRecord(3);
      const defocusUA = record.ctf!.defocusUA;
      const result = finiteRecord(recordWith(value, defocusUA));
      expect(result.motion!.totalA).toBeNull();
      expect(result.warnings.at(-1)).toBe('These values could not be calculated: motion.totalA.');
      expect(JSON.parse(serializeRecord(result)).motion.totalA).toBeNull();
    },
  );

  it('in a required field makes the movie fail, with a message that names the field', () => {
    const expected = expect.objectContaining({
      code: 'INTERNAL',
      message: expect.stringContaining('ctf.defocusUA'),
    });
    expect(() => finiteRecord(recordWith(1, Number.NaN))).toThrow(expected);
    expect(() => serializeRecord(recordWith(1, Number.NaN))).toThrow(/not a finite number/);
  });

  it('does not occur in a successful record, which is returned unchanged', () => {
    const record = successfulRecord(3);
    expect(finiteRecord(record)).toBe(record);
  });
});
