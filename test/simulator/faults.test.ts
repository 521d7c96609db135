import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseFault, type FaultKind } from '../../src/simulator/faults.ts';
import { simulateMovie } from '../../src/simulator/movie.ts';

const SMALL = { width: 128, height: 96, frames: 4, seed: 1 };

let folder: string;
let goodPath: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulated-faults-'));
  goodPath = await writeMovie(null);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function writeMovie(fault: FaultKind | null): Promise<string> {
  const path = join(folder, `${fault ?? 'good'}.tiff`);
  await simulateMovie({ ...SMALL, path, fault });
  return path;
}

describe('faults', () => {
  it('zero leaves no bytes', async () => {
    expect(statSync(await writeMovie('zero')).size).toBe(0);
  });

  it('truncated leaves the first part of the good movie', async () => {
    const bytes = readFileSync(await writeMovie('truncated'));
    const goodBytes = readFileSync(goodPath);
    expect(bytes.length).toBe(Math.floor(0.6 * goodBytes.length));
    expect(bytes.equals(goodBytes.subarray(0, bytes.length))).toBe(true);
  });

  it('garbage keeps the size and is not a TIFF', async () => {
    const path = await writeMovie('garbage');
    expect(statSync(path).size).toBe(statSync(goodPath).size);
    await expect(sharp(path).metadata()).rejects.toThrow();
  });

  it('frame-size ends with a smaller frame that libtiff can read', async () => {
    const path = await writeMovie('frame-size');
    const page = (n: number) =>
      sharp(path, { page: n }).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
    expect((await page(2)).info).toMatchObject({ width: 128, height: 96 });
    const last = await page(3);
    expect(last.info).toMatchObject({ width: 96, height: 72 });
    const previous = await page(2);
    const centre = Array.from(
      last.data,
      (_, i) => previous.data[(Math.floor(i / 96) + 12) * 128 + (i % 96) + 16],
    );
    expect([...last.data]).toEqual(centre);
    await expect(sharp(path, { page: 4 }).metadata()).rejects.toThrow();
  });

  it('movie-size has frames of half the width and height', async () => {
    expect(await sharp(await writeMovie('movie-size')).metadata()).toMatchObject({ width: 64, height: 48 });
  });

  it('saturated has one frame, in the middle, in which every pixel has the maximum value', async () => {
    const path = await writeMovie('saturated');
    const valueRange = async (page: number) => {
      const { data } = await sharp(path, { page })
        .extractChannel(0)
        .raw()
        .toBuffer({ resolveWithObject: true });
      return [Math.min(...data), Math.max(...data)];
    };
    expect(await valueRange(2)).toEqual([255, 255]);
    for (const page of [0, 1, 3]) expect((await valueRange(page))[0]).toBe(0);
  });

  it('saturated is refused for EER, whose electrons are counted one by one', async () => {
    const path = join(folder, 'x.eer');
    await expect(simulateMovie({ ...SMALL, path, format: 'eer', fault: 'saturated' })).rejects.toThrow(
      RangeError,
    );
  });

  it('frame-size is refused for MRC, which does not support it', async () => {
    const path = join(folder, 'x.mrc');
    await expect(simulateMovie({ ...SMALL, path, format: 'mrc', fault: 'frame-size' })).rejects.toThrow(
      RangeError,
    );
  });

  it('are selected by number, or at random with the given rate', () => {
    const rules = [
      { kind: 'zero', movies: [3] },
      { kind: 'garbage', chance: 0.2 },
    ] as const;
    const chosenFaults = Array.from({ length: 2000 }, (_, i) => chooseFault(rules, 7, i + 1));
    expect(chosenFaults[2]).toBe('zero');
    const rate = chosenFaults.filter((kind) => kind === 'garbage').length / chosenFaults.length;
    expect(Math.abs(rate - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / 2000));
    expect(chooseFault([], 7, 3)).toBeNull();
  });
});
