import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { sendSignal } from '../../../src/base/process-group.ts';
import type { Batch } from '../../../src/contract/batch.ts';
import type { Handle } from '../../../src/executors/executor.ts';
import { readRecord } from '../../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../../src/pipeline/run.ts';
import { smallBatch } from '../../support/movies.ts';
import { HEARTBEAT_TIMEOUT_MS, ProcessFixture } from '../process-fixture.ts';
import { copyOf, type Suite } from './suite.ts';

/** A batch runs once and ends, and its ending is reported. */
export function testRunning(suite: Suite): void {
  const { start, submit, untilStarted, stateOf, endOf } = suite;
  const withProcesses = it.skipIf(!suite.hasProcesses);

  it('runs a batch to its end and reports it once', async () => {
    await start(1);
    const handle = await submit('batch-one', 'wait');
    await untilStarted('batch-one');
    expect(await stateOf(handle)).toBe('running');
    suite.fixture.letContinue();
    expect(await endOf(handle)).toMatchObject({ how: 'completed', exitCode: 0 });
    await suite.executor.poll([handle]);
    expect(suite.endings.map((end) => end.token)).toEqual([handle.token]);
    expect(suite.endings[0]?.ending.how).toBe('completed');
  });

  it('returns the same ending for repeated polls', async () => {
    await start(1);
    const handle = await submit('batch-again', 'exit');
    const first = await endOf(handle);
    for (let i = 0; i < 3; i++)
      expect((await suite.executor.poll([handle])).get(handle.token)).toEqual({
        state: 'ended',
        ending: first,
      });
    expect(suite.endings).toEqual([{ token: handle.token, ending: first }]);
  });

  it('returns handles that survive a round trip through JSON and contain the name of the executor', async () => {
    await start(1);
    const handle = await submit('batch-json', 'exit');
    const copy = copyOf(handle);
    expect(copy).toMatchObject({ executor: suite.executor.name, token: handle.token });
    expect((await endOf(copy)).how).toBe('completed');
  });

  it('runs each token only once', async () => {
    await start(2);
    await submit('batch-twice', 'exit');
    const handle = await submit('batch-twice', 'exit');
    await endOf(handle);
    await submit('batch-twice', 'exit');
    expect((await endOf(handle)).how).toBe('completed');
    expect(suite.fixture.events()).toEqual(['start batch-twice', 'end batch-twice']);
  });

  it('reports failed, with the exit code, for a worker that fails', async () => {
    await start(1);
    const handle = await submit('batch-fails', 'exit', 7);
    expect(await endOf(handle)).toMatchObject({ how: 'failed', exitCode: 7 });
  });

  withProcesses('reports failed or lost for a worker that is killed by another process', async () => {
    await start(1);
    const handle = await submit('batch-killed', 'wait');
    await untilStarted('batch-killed');
    sendSignal(new ProcessFixture(suite.directory).pidOf('batch-killed'), 'SIGKILL');
    const ending = await endOf(handle);
    expect(['lost', 'failed', 'out_of_memory']).toContain(ending.how);
    expect(ending.detail).not.toBe('');
  });

  withProcesses('ends workers that hang, reports stalled, and frees their slots for others', async () => {
    await start(2);
    const hung = [await submit('batch-frozen', 'frozen'), await submit('batch-blocked', 'blocked')];
    const next = await submit('batch-next', 'exit');
    for (const handle of hung) expect(await endOf(handle)).toMatchObject({ how: 'stalled' });
    for (const name of ['batch-frozen', 'batch-blocked']) expect(suite.fixture.isRunning(name)).toBe(false);
    expect(await endOf(next)).toMatchObject({ how: 'completed' });
  });

  withProcesses('does not end a worker that sends heartbeats, however long it takes', async () => {
    await start(1);
    const handle = await submit('batch-slow', 'heartbeats');
    await untilStarted('batch-slow');
    await sleep(2 * HEARTBEAT_TIMEOUT_MS);
    expect(await stateOf(handle)).toBe('running');
    suite.fixture.letContinue();
    expect(await endOf(handle)).toMatchObject({ how: 'completed' });
  });

  it('reports lost for an unknown batch, and the correct state of other batches in the same poll', async () => {
    await start(1);
    const known = await submit('batch-known', 'wait');
    await untilStarted('batch-known');
    const batchPath = join(suite.directory, 'no-such-cycle', 'batch.json');
    const unknownHandles: Handle[] = [
      { executor: suite.executor.name, token: 'batch-unknown', id: '1234' },
      { executor: suite.executor.name, token: 'batch-moved', id: '', batchPath },
    ];
    const statuses = await suite.executor.poll([...unknownHandles, known]);
    expect(statuses.size).toBe(3);
    for (const { token } of unknownHandles)
      expect(statuses.get(token)).toMatchObject({ state: 'ended', ending: { how: 'lost' } });
    expect(statuses.get(known.token)).toEqual({ state: 'running' });
    expect(suite.endings).toEqual([]);
  });

  withProcesses('runs the real worker on real movies, which writes their records to the disk', async () => {
    await start(1, null);
    const batch: Batch = await smallBatch(suite.directory, { token: 'batch-real', movies: 2 });
    const handle = await suite.executor.submit(
      new ProcessFixture(suite.directory).submission('batch-real', batch),
    );
    const ending = await endOf(handle);
    const log = readFileSync(join(suite.directory, 'logs', 'batch-real.log'), 'utf8');
    expect(ending, log).toMatchObject({ how: 'completed', exitCode: 0 });
    for (const movie of batch.movies) {
      const record = await readRecord(outputFoldersOf(batch), movie.base);
      expect(record?.outcome).toEqual({ status: 'ok' });
    }
  });
}
