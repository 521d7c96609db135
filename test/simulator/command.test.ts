import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MovieTruth } from '../../src/simulator/truth.ts';

const COMMAND = new URL('../../src/cli/simulate.ts', import.meta.url).href;
const SMALL = ['--size', '64x48', '--frames', '2'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulate-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function start(...args: string[]) {
  const program = `import { simulateCommand } from ${JSON.stringify(COMMAND)}; await simulateCommand().parseAsync(process.argv.slice(1), { from: 'user' });`;
  return spawn(process.execPath, ['--input-type=module', '-e', program, '--', ...args]);
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = start(...args);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  const [code] = await once(child, 'close');
  return { code, out, err };
}

describe('cryoem simulate', () => {
  it('prints one JSON object per movie, with the given faults and ranges', async () => {
    const session = join(folder, 's');
    const { code, out } = await run(
      session,
      '--movies',
      '3',
      ...SMALL,
      '--json',
      '--defocus',
      '1.2',
      '--astigmatism',
      '0-50',
      '--fault',
      'zero:2,truncated:3',
      '--format',
      'mrc',
      '--start',
      '2026-01-31T12:00:00Z',
      '--local',
      '2.5',
    );
    expect(code).toBe(0);
    const movies = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as MovieTruth);
    expect(movies.map((movie) => movie.fault)).toEqual([null, 'zero', 'truncated']);
    for (const movie of movies) {
      expect((movie.defocusUA + movie.defocusVA) / 2).toBeCloseTo(12000, 0);
      expect(movie.path).toMatch(/_20260131_120000_fractions\.mrc$/);
      expect(existsSync(join(session, movie.path))).toBe(true);
      const largest = Math.max(...movie.localMotion!.shiftsPixels[1]!.map(([x, y]) => Math.hypot(x, y)));
      expect(largest).toBeCloseTo(2.5, 1);
    }
  });

  it('stops on SIGINT with exit code 0 and complete files', async () => {
    const session = join(folder, 's');
    const child = start(session, '--movies', '0', '--interval', '0.05', ...SMALL);
    const closed = once(child, 'close');
    const lines = createInterface(child.stdout);
    await once(lines, 'line');
    child.kill('SIGINT');
    const [code] = await closed;
    expect(code).toBe(0);
    const truth = JSON.parse(readFileSync(join(session, 'truth.json'), 'utf8'));
    expect(truth.finished).toBe(false);
    expect(truth.movies.length).toBeGreaterThan(0);
  });

  it.each([
    [[]],
    [['s', '--size', 'big']],
    [['s', '--fault', 'rust:3']],
    [['s', '--rate', '10', '--interval', '5']],
    [['s', '--format', 'mrc', '--fault', 'frame-size:1']],
    [['s', '--defocus', '3-1']],
    [['s', '--local', '-2']],
  ])('reports the error in %j and exits with 2', async (args) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(/error: /);
  });

  it('exits with 1 if it cannot write', async () => {
    const { code, err } = await run('/dev/null/session', '--movies', '1', ...SMALL);
    expect(code).toBe(1);
    expect(err).toContain('/dev/null/session');
  });
});
