import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulateSession } from '../../src/simulator/session.ts';
import { trickle } from '../../src/simulator/trickle.ts';
import type { SessionTruth } from '../../src/simulator/truth.ts';

const SMALL = { width: 96, height: 64, frames: 3, seed: 5, startedAt: new Date('2026-03-04T05:06:07Z') };

let folder: string;
let sessionDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulated-session-'));
  sessionDir = join(folder, 'project', 'sessions', 'user', 'session');
});
afterEach(() => rmSync(folder, { recursive: true }));

const truthOnDisk = (): SessionTruth => JSON.parse(readFileSync(join(sessionDir, 'truth.json'), 'utf8'));
const files = (pattern: string) => globSync(pattern, { cwd: sessionDir }).sort();

/** Text of the element at a path of names. @throws Error if the XML is not well formed */
function xmlText(xml: string, path: string): string | undefined {
  const stack: string[] = [];
  const texts = new Map<string, string>();
  const body = xml.replace(/^<\?xml[^>]*\?>/, '');
  for (const [, close, name, , empty, text] of body.matchAll(
    /<(\/?)([\w:]+)((?:\s+[\w:]+="[^"<]*")*)\s*(\/?)>([^<]*)/g,
  )) {
    if (close) {
      if (stack.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    stack.push(name!);
    texts.set(stack.join('/'), text!);
    if (empty) stack.pop();
  }
  if (stack.length > 0) throw new Error(`${stack.join('/')} is not closed`);
  return texts.get(path);
}

describe('simulateSession', () => {
  it('writes the directory tree and names of EPU', async () => {
    await simulateSession({ ...SMALL, sessionDir, movies: 5 });
    const movies = files('raw/**/*_fractions.tiff');
    expect(movies).toHaveLength(5);
    for (const movie of movies) {
      expect(movie).toMatch(
        /^raw\/Images-Disc1\/GridSquare_\d{8}\/Data\/FoilHole_\d{8}_Data_\d{8}_[1-4]_20260304_050607_fractions\.tiff$/,
      );
    }
    expect(files('raw/**/*.xml')).toEqual(movies.map((name) => name.replace('_fractions.tiff', '.xml')));
    expect(readdirSync(join(sessionDir, 'raw')).sort()).toEqual([
      '20260304_050607_gain.tiff',
      'EpuSession.dm',
      'Images-Disc1',
    ]);
  });

  it('writes the complete truth next to raw, and leaves no temporary file', async () => {
    const movieCounts: number[] = [];
    const onMovie = () => movieCounts.push(truthOnDisk().movies.length);
    const truth = await simulateSession({ ...SMALL, sessionDir, movies: 3, onMovie });
    expect(movieCounts).toEqual([1, 2, 3]);
    expect(truthOnDisk()).toEqual(truth);
    expect(truth.finished).toBe(true);
    expect(readdirSync(sessionDir).sort()).toEqual(['raw', 'truth.json']);
    expect(files('raw/**/*truth*')).toEqual([]);
    for (const movie of truth.movies) {
      expect(statSync(join(sessionDir, movie.path)).size).toBe(movie.bytes);
      expect(movie.shiftsPixels).toHaveLength(3);
      expect(movie.shiftsPixels[0]).toEqual([0, 0]);
      expect(movie.defocusUA).toBeGreaterThanOrEqual(movie.defocusVA);
    }
  });

  it('writes XML with the units of EPU', async () => {
    const options = {
      pixelSizeA: 0.83,
      dosePerFrameEA2: 1.2,
      voltageKv: 200,
      defocusRangeUm: [1.5, 1.5] as const,
    };
    await simulateSession({ ...SMALL, ...options, sessionDir, movies: 1 });
    const xml = readFileSync(join(sessionDir, files('raw/**/*.xml')[0]!), 'utf8');
    const number = (path: string) => Number(xmlText(xml, `MicroscopeImage/${path}`));
    expect(number('SpatialScale/pixelSize/x/numericValue')).toBeCloseTo(0.83e-10, 20);
    expect(number('microscopeData/gun/AccelerationVoltage')).toBe(200_000);
    expect(number('microscopeData/optics/Defocus')).toBeCloseTo(-1.5e-6, 11);
    expect(number('microscopeData/acquisition/camera/ReadoutArea/a:width')).toBe(96);
    const dose = Number(/<a:Key>Dose<\/a:Key><a:Value[^>]*>([^<]+)/.exec(xml)?.[1]);
    expect(dose / 1e20).toBeCloseTo(3.6, 9);
    expect(() => xmlText(readFileSync(join(sessionDir, 'raw/EpuSession.dm'), 'utf8'), '')).not.toThrow();
  });

  it('writes the same session for the same seed and start time', async () => {
    const otherDir = join(folder, 'again');
    const first = await simulateSession({ ...SMALL, sessionDir, movies: 2 });
    const second = await simulateSession({ ...SMALL, sessionDir: otherDir, movies: 2 });
    expect(second).toEqual(first);
    for (const name of files('raw/**/*.{tiff,xml}')) {
      expect(readFileSync(join(otherDir, name)).equals(readFileSync(join(sessionDir, name))), name).toBe(
        true,
      );
    }
  });

  it('continues with the next movie in an existing session, but not with another camera', async () => {
    await simulateSession({ ...SMALL, sessionDir, movies: 2 });
    const truth = await simulateSession({ ...SMALL, sessionDir, movies: 1 });
    expect(truth.movies.map((movie) => movie.number)).toEqual([1, 2, 3]);
    expect(files('raw/**/*_fractions.tiff')).toHaveLength(3);
    const withOtherCamera = simulateSession({ ...SMALL, width: 64, sessionDir, movies: 1 });
    await expect(withOtherCamera).rejects.toMatchObject({ code: 'BAD_PARAMETERS' });
  });

  it('damages the given movies and records the faults in the truth', async () => {
    const faults = [
      { kind: 'zero', movies: [1] },
      { kind: 'movie-size', movies: [3] },
    ] as const;
    const truth = await simulateSession({ ...SMALL, sessionDir, movies: 3, faults });
    expect(truth.movies.map((movie) => movie.fault)).toEqual(['zero', null, 'movie-size']);
    expect(truth.movies.map((movie) => movie.width)).toEqual([96, 96, 48]);
    expect(truth.movies[0]!.bytes).toBe(0);
  });

  it('writes a gain reference with the size of the movies or with another size, or no gain reference', async () => {
    const make = async (gain: 'good' | 'wrong-size' | 'none') => {
      const dir = join(folder, gain);
      const truth = await simulateSession({ ...SMALL, sessionDir: dir, movies: 0, gain });
      return { truth, path: truth.gain && join(dir, truth.gain.path) };
    };
    const good = await make('good');
    expect(await sharp(good.path!).metadata()).toMatchObject({ width: 96, height: 64, depth: 'float' });
    const wrongSize = await make('wrong-size');
    expect(await sharp(wrongSize.path!).metadata()).toMatchObject({ width: 48, height: 32 });
    expect((await make('none')).truth.gain).toBeNull();
  });

  it('stops between movies when it is aborted, with all files complete', async () => {
    const controller = new AbortController();
    const onMovie = () => controller.abort();
    const options = { movies: Number.POSITIVE_INFINITY, trickleMs: 40, onMovie, signal: controller.signal };
    const truth = await simulateSession({ ...SMALL, ...options, sessionDir });
    expect(truth.finished).toBe(false);
    expect(truth.movies).toHaveLength(1);
    expect(files('raw/**/*_fractions.*')).toEqual(truth.movies.map((movie) => movie.path));
    expect(readdirSync(sessionDir).sort()).toEqual(['raw', 'truth.json']);
  });
});

describe('trickle', () => {
  it('lets the file grow under its final name, always as a prefix of the complete file', async () => {
    const source = join(folder, 'source');
    const target = join(folder, 'target');
    const content = Buffer.from(Array.from({ length: 1003 }, (_, i) => i % 251));
    writeFileSync(source, content);
    const sizes: number[] = [];
    await trickle(source, target, {
      durationMs: 20,
      pieces: 5,
      onPiece: (bytes) => {
        const partial = readFileSync(target);
        expect(partial.equals(content.subarray(0, bytes))).toBe(true);
        sizes.push(partial.length);
      },
    });
    expect(sizes).toEqual([201, 402, 603, 804, 1003]);
  });

  it('writes the rest at once when it is stopped', async () => {
    const source = join(folder, 'source');
    const target = join(folder, 'target');
    writeFileSync(source, 'all of it');
    await trickle(source, target, { durationMs: 3_600_000, signal: AbortSignal.abort() });
    expect(readFileSync(target, 'utf8')).toBe('all of it');
  });
});
