import { mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { TileSource } from '../../../src/pipeline/tiles/tile-source.ts';

const [WIDTH, HEIGHT] = [1300, 1100];
let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cryoem-tiles-'));
  path = join(folder, 'movie-1.mrc');
  const data = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => i % 7);
  writeMrc(path, { width: WIDTH, height: HEIGHT, data }, 2);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('TileSource', () => {
  /** Bytes of the levels of 1/2 and 1/4 of the size. */
  const levelBytes = (650 * 550 + 325 * 275) * 4;

  it('stays within its cache limit, however many tiles are requested', () => {
    const source = new TileSource(1.5 * levelBytes);
    for (let version = 0; version < 4; version++) {
      utimesSync(path, new Date(), new Date(1e12 + 1000 * version)); // a different file each time
      source.tile({ path, level: 1, column: 0, row: 0, lowPassA: null });
      expect(source.cachedBytes).toBe(levelBytes);
    }
  });

  it('refuses an image with more pixels than a micrograph of any camera, with a message that names its size', () => {
    const hugePath = join(folder, 'huge.mrc');
    const header = readFileSync(path).subarray(0, 1024);
    for (const word of [0, 1, 7, 8]) header.writeInt32LE(20_000, 4 * word);
    writeFileSync(hugePath, header);
    truncateSync(hugePath, 1024 + 4 * 20_000 ** 2); // sparse: needs no space on the disk
    const refusal = expect.objectContaining({
      code: 'MOVIE_UNSUPPORTED',
      message: expect.stringContaining('20000x20000'),
    });
    const request = { path: hugePath, level: 0, column: 0, row: 0, lowPassA: null };
    expect(() => new TileSource().tile(request)).toThrow(refusal);
    expect(() => new TileSource().info(hugePath)).toThrow(refusal);
  });

  it('shows the new content of a replaced file', () => {
    const source = new TileSource();
    const otherPath = join(folder, 'other.mrc');
    const firstPixelAfterWriting = (isLeftBright: boolean) => {
      const data = Float32Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 === isLeftBright ? 1 : 0));
      writeMrc(otherPath, { width: 64, height: 64, data }, 1);
      utimesSync(otherPath, new Date(), new Date(isLeftBright ? 1e12 : 2e12));
      return source.tile({ path: otherPath, level: 0, column: 0, row: 0, lowPassA: null }).bytes[0]!;
    };
    expect(firstPixelAfterWriting(true)).toBeGreaterThan(128);
    expect(firstPixelAfterWriting(false)).toBeLessThan(128);
  });
});
