import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Executor } from '../../src/executors/executor.ts';
import { createLocalExecutor } from '../../src/executors/local/executor.ts';
import { simulateSession } from '../../src/simulator/session.ts';
import { KEY, until, World } from './support.ts';

const WORKER = fileURLToPath(new URL('../../bin/cryoem', import.meta.url));
/** A worker sends heartbeats more frequently than this, even on a busy machine. */
const HEARTBEAT_TIMEOUT_MS = 6000;

let world: World;
let executor: Executor;
beforeEach(() => {
  world = new World();
});
afterEach(async () => {
  await world.close();
  await executor.close();
});

/** Writes a worker whose first run sends a heartbeat and hangs; later runs execute `nextCommand`. */
function writeHangingWorker(hangCommand: string, nextCommand: string): readonly string[] {
  const script = join(world.top, 'worker.sh');
  const mark = join(world.top, 'has-hung');
  const lines = [
    '#!/bin/sh',
    `if [ ! -e '${mark}' ]; then touch '${mark}'; printf . >&3; ${hangCommand}; fi`,
    nextCommand,
  ];
  writeFileSync(script, `${lines.join('\n')}\n`);
  chmodSync(script, 0o755);
  return [script];
}

const STOPPED = 'kill -STOP $$';
const READING_A_PIPE = 'mkfifo "$0.pipe"; read line <"$0.pipe"';

it('a hung worker is killed, its movie is retried, the session completes, and its slot is free', async () => {
  await simulateSession({ sessionDir: world.paths.root, movies: 2, width: 256, height: 256, frames: 4 });
  const command = writeHangingWorker(STOPPED, `exec '${process.execPath}' '${WORKER}' process "$@"`);
  executor = createLocalExecutor({ slots: 1, threads: 1, graceMs: 300, command });
  const service = await world.serve(executor, { minHeartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS });
  await until('the movies are known', async () => (await service.queries.find(KEY))?.counts.waiting === 2);
  await service.commands.start(KEY, { apix: 1, kev: 300, fmdose: 1 });
  await until('it has hung', () => existsSync(join(world.top, 'has-hung')));
  await until('both are done', async () => (await service.queries.find(KEY))?.counts.done === 2);
  const { movies } = await service.queries.movies(KEY, { limit: 10, order: 'oldest' });
  expect(movies.map(({ attempt }) => attempt).sort()).toEqual([1, 2]);
  await until('its slot is free', () => executor.lastKnownState().running === 0);
});

it('a worker that hangs every time uses up the attempts of its movie, which fails with the reason', async () => {
  await simulateSession({ sessionDir: world.paths.root, movies: 1, width: 256, height: 256, frames: 4 });
  const command = writeHangingWorker(STOPPED, `printf . >&3; ${READING_A_PIPE}`);
  executor = createLocalExecutor({ slots: 1, threads: 1, graceMs: 300, command });
  world.set('retry', { attempts: 2 });
  const service = await world.serve(executor, { minHeartbeatTimeoutMs: 1000 });
  await until('the movie is known', async () => (await service.queries.find(KEY))?.counts.waiting === 1);
  await service.commands.start(KEY, { apix: 1, kev: 300, fmdose: 1 });
  await until('it has failed', async () => (await service.queries.find(KEY))?.counts.failed === 1);
  const { movies } = await service.queries.movies(KEY, { limit: 10, order: 'oldest' });
  expect(movies).toMatchObject([
    { errorCode: 'WORKER_STALLED', errorMessage: expect.stringContaining('no sign of life'), attempt: 2 },
  ]);
});
