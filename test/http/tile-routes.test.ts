import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TILE_PX } from '../../src/contract/tiles.ts';
import { writeMrc } from '../../src/formats/mrc/write.ts';
import { MemorySessionService } from './memory-session-service.ts';
import { API_URL, BEARER, serviceUnderTest } from './service-under-test.ts';

const [WIDTH, HEIGHT, PIXEL_A] = [1300, 1100, 2];
/**
 * Dark left half, bright right half, and a bright square at the upper left: in the last rows, because row 0
 * of an MRC file is the bottom row.
 */
const valueAt = (x: number, y: number) =>
  (x < WIDTH / 2 ? 10 : 20) + (x < 200 && y >= HEIGHT - 200 ? 10 : 0) + ((x * 7 + y * 13) % 5) / 5;

let folder: string;
let path: string;
let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cryoem-tiles-'));
  path = join(folder, 'movie-1.mrc');
  const data = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    valueAt(i % WIDTH, Math.floor(i / WIDTH)),
  );
  writeMrc(path, { width: WIDTH, height: HEIGHT, data }, PIXEL_A);
  service = await serviceUnderTest({ sessions: new MemorySessionService(folder) });
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const TILES = `${API_URL}/movies/movie-1/tiles/sum`;
const request = (url: string) => service.app.inject({ url, headers: BEARER });

describe('tiles of a micrograph', () => {
  it('have a description with size and levels', async () => {
    expect((await request(TILES)).json()).toEqual({
      width: WIDTH,
      height: HEIGHT,
      pixelSizeA: PIXEL_A,
      tilePx: TILE_PX,
      maxPower: 2,
    });
  });

  it('show the whole image in one tile at the coarsest level, row 0 of the file at the bottom', async () => {
    const response = await request(`${TILES}/2/0/0`);
    expect(response.headers['content-type']).toBe('image/jpeg');
    const { data, info } = await sharp(response.rawPayload).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([325, 275]);
    const pixelAt = (x: number, y: number) => data[(y * info.width + x) * info.channels]!;
    expect(pixelAt(80, 255)).toBeLessThan(110); // dark half
    expect(pixelAt(250, 20)).toBeGreaterThan(145); // bright half
    expect(pixelAt(20, 15)).toBeGreaterThan(145); // the square: last rows, first columns
  });

  it('are cut at the edge at full resolution', async () => {
    const response = await request(`${TILES}/0/2/2`);
    const { width, height } = await sharp(response.rawPayload).metadata();
    expect([width, height]).toEqual([WIDTH - 2 * TILE_PX, HEIGHT - 2 * TILE_PX]);
  });

  it.each(['0/3/0', '3/0/0', '2/0/1'])('do not exist at %s', async (tile) => {
    const response = await request(`${TILES}/${tile}`);
    expect(response.statusCode).toBe(404);
    expect(response.json().error.code).toBe('NO_SUCH_PICTURE');
  });

  it('are smoother with a low-pass filter, and exist only at pixel sizes that suit the filter', async () => {
    const roughness = async (query: string) => {
      const data = await sharp((await request(`${TILES}/0/0/0${query}`)).rawPayload)
        .raw()
        .toBuffer();
      let sum = 0;
      for (let i = 0; i + 1 < TILE_PX; i++) sum += Math.abs(data[i + 1]! - data[i]!);
      return sum / TILE_PX;
    };
    expect(await roughness('?lowpass=10')).toBeLessThan(0.5 * (await roughness('')));
    expect((await request(`${TILES}/0/0/0?lowpass=40`)).statusCode).toBe(404);
    expect((await request(`${TILES}/2/0/0?lowpass=40`)).statusCode).toBe(200);
    expect((await request(`${TILES}/2/0/0?lowpass=15`)).statusCode).toBe(422);
  });

  it('do not exist for files that are not micrographs', async () => {
    expect((await request(`${API_URL}/movies/movie-1/tiles/thumbnail`)).statusCode).toBe(422);
    expect((await request(`${API_URL}/movies/movie-2/tiles/sum`)).statusCode).toBe(422);
  });
});
