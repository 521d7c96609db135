import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { motioncorAdapter } from '../../../src/pipeline/programs/motioncor.ts';
import { alignRequest } from '../../engine/motion/align-request.ts';
import { drift } from '../../engine/motion/synthetic-movie.ts';
import { writeMovie } from '../../support/movies.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';
import { type Replay, replayScript } from './motioncor-replay.ts';
import { type StandIns, settingsOf } from './stand-in.ts';

export const SIZE = { width: 64, height: 48 };
export const TRUTH = { ...SIZE, shifts: drift(5, 3) };

export interface RunOptions {
  readonly generation?: 2 | 3;
  readonly replay?: Partial<Replay>;
  readonly body?: string;
  readonly request?: Partial<AlignRequest>;
  readonly additionalArguments?: string;
  readonly timeoutSeconds?: number;
}

/** A movie of five frames, and runs of the adapter on it with a stand-in. */
export function motioncorRuns(standIns: StandIns) {
  let count = 0;
  const movie = join(standIns.top, 'some movie_fractions.mrc');
  beforeAll(() => writeMovie(movie, 1, { ...SIZE, frames: 5 }));

  async function run({
    generation = 3,
    replay = {},
    body,
    request = {},
    additionalArguments,
    timeoutSeconds = TEST_TIMEOUT_MS / 1000,
  }: RunOptions = {}) {
    const base = { version: `MotionCor${generation} version 1.2.1`, form: 'lines', truth: TRUTH } as const;
    const script = standIns.script(body ?? replayScript({ ...base, ...replay }));
    const workDir = join(standIns.top, `run-${++count}`);
    mkdirSync(workDir);
    const adapter = motioncorAdapter(
      generation,
      settingsOf({ [`motioncor${generation}`]: script, timeoutSeconds }),
    );
    const input = alignRequest(movie, { pixelSizeA: 1.1, dosePerFrameEA2: 1.5, patches: null, ...request });
    const result = await adapter.align!(input, { workDir, additionalArguments });
    const recordedCall = JSON.parse(
      readFileSync(join(standIns.top, `arguments-run-${count}.json`), 'utf8'),
    ) as {
      args: string[];
      gpus: string | null;
      fractions: string | null;
    };
    return { ...result, ...recordedCall, line: recordedCall.args.join(' '), workDir };
  }
  return { movie, run };
}
