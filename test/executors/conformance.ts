import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import type { Ending, Executor, Handle } from '../../src/executors/executor.ts';
import { readRecord } from '../../src/pipeline/record-file.ts';
import { smallBatch } from '../support/movies.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { type Action, type Bench, DOUBLE, ProcessBench } from './bench.ts';

/** What a test of an executor must offer to the suite. */
export interface ExecutorHarness {
  /**
   * A fresh executor. Those of one test are of one service: what one has left the next one finds.
   * `command` is program and arguments before the path of the batch; absent: the real `cryoem process` of this checkout.
   */
  create(options: { slots: number; command?: readonly string[] }): Promise<Executor>;
  /** Its jobs go on without the service, and the next service finds them. */
  readonly outlivesService: boolean;
  /** Where no processes do the work: what stands in for it. Tests of processes are left out then. */
  bench?(directory: string): Bench;
}

const WAIT = { timeout: PATIENCE_MS, interval: 20 };

/** The behaviour that every executor shares. Call it once in the test file of each. */
export function describeExecutor(name: string, harness: ExecutorHarness): void {
  const withProcesses = it.skipIf(harness.bench !== undefined);

  describe(`executor ${name}`, () => {
    let directory: string;
    let bench: Bench;
    let executor: Executor;
    let ends: { token: string; ending: Ending }[];

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'cryoem-executor-'));
      bench = harness.bench?.(directory) ?? new ProcessBench(directory);
      ends = [];
    });

    afterEach(async () => {
      await executor.close();
      rmSync(directory, { recursive: true, force: true });
    });

    async function start(slots: number, command: readonly string[] | null = DOUBLE): Promise<void> {
      executor = await harness.create(command ? { slots, command } : { slots });
      executor.onEnded((token, ending) => ends.push({ token, ending }));
    }

    const give = (batch: string, action: Action, code = 0) => bench.give(executor, batch, action, code);
    const started = (...batches: string[]) =>
      vi.waitFor(() => {
        for (const batch of batches) expect(bench.events()).toContain(`start ${batch}`);
      }, WAIT);
    const stateOf = async (handle: Handle) => (await executor.poll([handle])).get(handle.token)?.state;
    const becomes = (handle: Handle, state: string) =>
      vi.waitFor(async () => expect(await stateOf(handle)).toBe(state), WAIT);
    const endOf = (handle: Handle): Promise<Ending> =>
      vi.waitFor(async () => {
        const status = (await executor.poll([handle])).get(handle.token);
        if (status?.state !== 'ended') throw new Error(`${handle.token} is ${status?.state}`);
        return status.ending;
      }, WAIT);
    const copyOf = (handle: Handle): Handle => JSON.parse(JSON.stringify(handle));

    it('runs a batch to its end and tells it once', async () => {
      await start(1);
      const handle = await give('batch-one', 'hold');
      await started('batch-one');
      expect(await stateOf(handle)).toBe('running');
      bench.release();
      expect(await endOf(handle)).toMatchObject({ how: 'completed', exitCode: 0 });
      await executor.poll([handle]);
      expect(ends.map((end) => end.token)).toEqual([handle.token]);
      expect(ends[0]?.ending.how).toBe('completed');
    });

    it('tells the same end as often as it is asked again', async () => {
      await start(1);
      const handle = await give('batch-again', 'exit');
      const first = await endOf(handle);
      for (let i = 0; i < 3; i++)
        expect((await executor.poll([handle])).get(handle.token)).toEqual({ state: 'ended', ending: first });
      expect(ends).toEqual([{ token: handle.token, ending: first }]);
    });

    it('gives handles that survive a round trip through JSON and name the executor', async () => {
      await start(1);
      const handle = await give('batch-json', 'exit');
      const copy = copyOf(handle);
      expect(copy).toMatchObject({ executor: executor.name, token: handle.token });
      expect((await endOf(copy)).how).toBe('completed');
    });

    it('does not run one token twice', async () => {
      await start(2);
      await give('batch-twice', 'exit');
      const handle = await give('batch-twice', 'exit');
      await endOf(handle);
      await give('batch-twice', 'exit');
      expect((await endOf(handle)).how).toBe('completed');
      expect(bench.events()).toEqual(['start batch-twice', 'end batch-twice']);
    });

    it('says failed, with the exit code, of a worker that fails', async () => {
      await start(1);
      const handle = await give('batch-fails', 'exit', 7);
      expect(await endOf(handle)).toMatchObject({ how: 'failed', exitCode: 7 });
    });

    withProcesses('says failed or lost of a worker that is killed from outside', async () => {
      await start(1);
      const handle = await give('batch-killed', 'hold');
      await started('batch-killed');
      process.kill(new ProcessBench(directory).pidOf('batch-killed'), 'SIGKILL');
      const ending = await endOf(handle);
      expect(['lost', 'failed', 'out_of_memory']).toContain(ending.how);
      expect(ending.detail).not.toBe('');
    });

    it('ends a running batch on cancel, once', async () => {
      await start(1);
      const handle = await give('batch-cancelled', 'hold');
      await started('batch-cancelled');
      await executor.cancel([handle]);
      expect(bench.isRunning('batch-cancelled')).toBe(false);
      expect((await endOf(handle)).how).toBe('cancelled');
      expect(ends).toHaveLength(1);
    });

    withProcesses('ends a running batch on cancel, and what it started with it', async () => {
      await start(1);
      const handle = await give('batch-family', 'family');
      await started('batch-family');
      await executor.cancel([handle]);
      expect(bench.isRunning('batch-family')).toBe(false);
      expect(bench.isRunning('batch-family', 'child')).toBe(false);
      expect((await endOf(handle)).how).toBe('cancelled');
      expect(ends).toHaveLength(1);
    });

    withProcesses('ends a worker that does not heed a polite request', async () => {
      await start(1);
      const handle = await give('batch-stubborn', 'stubborn');
      await started('batch-stubborn');
      await executor.cancel([handle]);
      expect(bench.events()).toContain('asked batch-stubborn');
      expect(bench.isRunning('batch-stubborn')).toBe(false);
      expect((await endOf(handle)).how).toBe('cancelled');
    });

    it('ends on cancel a batch that it was given just now, wherever it is on its way', async () => {
      await start(2);
      const handle = await give('batch-hasty', 'hold');
      await executor.cancel([handle]);
      expect((await endOf(handle)).how).toBe('cancelled');
      expect(ends).toHaveLength(1);
      const hasRun = bench.events().includes('start batch-hasty');
      if (hasRun) expect(bench.isRunning('batch-hasty')).toBe(false);
      const next = await give('batch-next', 'exit');
      expect((await endOf(next)).how).toBe('completed');
      expect(bench.events().includes('start batch-hasty')).toBe(hasRun);
    });

    it('never starts a batch that was cancelled while queued', async () => {
      await start(1);
      const first = await give('batch-first', 'hold');
      await started('batch-first');
      const second = await give('batch-second', 'exit');
      expect(await stateOf(second)).toBe('queued');
      await executor.cancel([second]);
      bench.release();
      expect((await endOf(first)).how).toBe('completed');
      expect((await endOf(second)).how).toBe('cancelled');
      expect(bench.events()).not.toContain('start batch-second');
    });

    it('lets a cancel of what has ended, or of what it does not know, change nothing', async () => {
      await start(1);
      const handle = await give('batch-ended', 'exit');
      await endOf(handle);
      await executor.cancel([handle, { executor: executor.name, token: 'batch-stranger', id: '1234' }]);
      expect((await endOf(handle)).how).toBe('completed');
      expect(ends).toHaveLength(1);
    });

    it('says lost of a batch that it does not know, and the truth of those asked for beside it', async () => {
      await start(1);
      const known = await give('batch-known', 'hold');
      await started('batch-known');
      const batchPath = join(directory, 'no-such-cycle', 'batch.json');
      const strangers: Handle[] = [
        { executor: executor.name, token: 'batch-stranger', id: '1234' },
        { executor: executor.name, token: 'batch-moved', id: '', batchPath },
      ];
      const statuses = await executor.poll([...strangers, known]);
      expect(statuses.size).toBe(3);
      for (const { token } of strangers)
        expect(statuses.get(token)).toMatchObject({ state: 'ended', ending: { how: 'lost' } });
      expect(statuses.get(known.token)).toEqual({ state: 'running' });
      expect(ends).toEqual([]);
    });

    it('runs batches side by side, so many as it has slots', async () => {
      await start(2);
      const handles = [await give('side-one', 'hold'), await give('side-two', 'hold')];
      await started('side-one', 'side-two');
      expect(bench.events().filter((event) => event.startsWith('end'))).toEqual([]);
      for (const handle of handles) await becomes(handle, 'running');
      expect(executor.condition()).toMatchObject({ queued: 0, running: 2, health: { state: 'well' } });
      expect(executor.problems(handles)).toEqual([]);
      bench.release();
      for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
      expect(executor.condition()).toMatchObject({ queued: 0, running: 0 });
    });

    it('completes more batches than it has slots, never more at once than slots', async () => {
      await start(2);
      const names = ['many-one', 'many-two', 'many-three', 'many-four', 'many-five'];
      const handles = await Promise.all(names.map((batch) => give(batch, 'exit')));
      for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
      expect(highestParallel(bench.events())).toBeLessThanOrEqual(2);
      expect(ends.map((end) => end.token).sort()).toEqual(handles.map(({ token }) => token).sort());
    });

    it('holds back what is more than its limit until a slot is free', async () => {
      await start(2);
      const handles = await Promise.all(['first', 'second', 'third'].map((batch) => give(batch, 'hold')));
      const starts = () => bench.events().filter((event) => event.startsWith('start'));
      await vi.waitFor(() => expect(starts()).toHaveLength(2), WAIT);
      await vi.waitFor(() => expect(executor.condition()).toMatchObject({ queued: 1, running: 2 }), WAIT);
      expect(starts()).toHaveLength(2);
      bench.release();
      for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
      expect(highestParallel(bench.events())).toBe(2);
    });

    it.runIf(harness.outlivesService)(
      'goes on without the service: the next one finds its batches by their handles, also those that have ended',
      async () => {
        await start(2);
        const held = await give('kept-held', 'hold');
        const done = await give('kept-done', 'exit');
        await started('kept-held', 'kept-done');
        await executor.release();
        await start(2);
        expect((await endOf(copyOf(done))).how).toBe('completed');
        await becomes(copyOf(held), 'running');
        bench.release();
        expect((await endOf(copyOf(held))).how).toBe('completed');
        expect(bench.events().filter((event) => event.startsWith('start'))).toHaveLength(2);
      },
    );

    it.runIf(harness.outlivesService)('ends on cancel what a former service has started', async () => {
      await start(1);
      const handle = await give('kept-cancelled', 'hold');
      await started('kept-cancelled');
      await executor.release();
      await start(1);
      await executor.cancel([copyOf(handle)]);
      expect(bench.isRunning('kept-cancelled')).toBe(false);
      expect((await endOf(handle)).how).toBe('cancelled');
    });

    it('ends everything on close', async () => {
      await start(2);
      await give('close-one', 'hold');
      await give('close-two', harness.bench ? 'hold' : 'family');
      const queued = await give('close-three', 'exit');
      await started('close-one', 'close-two');
      await executor.close();
      for (const batch of ['close-one', 'close-two']) expect(bench.isRunning(batch)).toBe(false);
      if (!harness.bench) expect(bench.isRunning('close-two', 'child')).toBe(false);
      expect((await endOf(queued)).how).toBe('cancelled');
      expect(ends).toHaveLength(3);
      await expect(give('close-late', 'exit')).rejects.toMatchObject({ code: 'CANCELLED' });
    });

    withProcesses('runs the real worker on real movies, whose records are then on the disk', async () => {
      await start(1, null);
      const batch: Batch = await smallBatch(directory, { token: 'batch-real', movies: 2 });
      const handle = await executor.submit(new ProcessBench(directory).submission('batch-real', batch));
      const ending = await endOf(handle);
      const log = readFileSync(join(directory, 'logs', 'batch-real.log'), 'utf8');
      expect(ending, log).toMatchObject({ how: 'completed', exitCode: 0 });
      for (const movie of batch.movies) {
        const record = await readRecord(batch.processedDir, movie.base);
        expect(record?.outcome).toEqual({ status: 'ok' });
      }
    });
  });
}

/** Most batches that ran at once, from lines `start X` and `end X` in the order in which they happened. */
function highestParallel(events: readonly string[]): number {
  let now = 0;
  let highest = 0;
  for (const event of events) {
    now += event.startsWith('start') ? 1 : event.startsWith('end') ? -1 : 0;
    highest = Math.max(highest, now);
  }
  return highest;
}
