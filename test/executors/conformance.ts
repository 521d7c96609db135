import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../src/contract/batch.ts';
import type { Ending, Executor, Handle, Submission } from '../../src/executors/executor.ts';
import { readRecord } from '../../src/pipeline/record-file.ts';
import { PATIENCE_MS } from '../patience.ts';
import { smallBatch } from '../pipeline/movies.ts';

/** What a test of an executor must offer to the suite. */
export interface ExecutorHarness {
  /**
   * A fresh executor. `command` is program and arguments before the path of the batch; absent: the real
   * `cryoem process` of this checkout.
   */
  create(options: { slots: number; command?: readonly string[] }): Promise<Executor>;
}

type Action = 'exit' | 'hold' | 'stubborn' | 'family';

const DOUBLE = [process.execPath, fileURLToPath(new URL('./worker-double.mjs', import.meta.url))];
const WAIT = { timeout: PATIENCE_MS, interval: 20 };

/** The behaviour that every executor shares. Call it once in the test file of each. */
export function describeExecutor(name: string, harness: ExecutorHarness): void {
  describe(`executor ${name}`, () => {
    let directory: string;
    let executor: Executor;
    let ends: { token: string; ending: Ending }[];

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'cryoem-executor-'));
      ends = [];
    });

    afterEach(async () => {
      await executor.close();
      rmSync(directory, { recursive: true, force: true });
    });

    async function start(slots: number, command?: readonly string[]): Promise<void> {
      executor = await harness.create(command ? { slots, command } : { slots });
      executor.onEnded((token, ending) => ends.push({ token, ending }));
    }

    /** Processes are found by their token, wherever on this machine: that of a test beside us must be another one. */
    function submission(name: string, batch: object): Submission {
      const batchPath = join(directory, `${name}.json`);
      const token = `${name}-${directory.slice(-6)}`;
      writeFileSync(batchPath, JSON.stringify(batch));
      return { batchPath, token, logPath: join(directory, 'logs', `${name}.log`) };
    }

    const double = (name: string, action: Action, code = 0) =>
      executor.submit(submission(name, { double: { marks: directory, action, code } }));
    const release = () => writeFileSync(join(directory, 'release'), '');
    const events = () => (existsSync(join(directory, 'events')) ? lines(join(directory, 'events')) : []);
    const started = (name: string) => vi.waitFor(() => expect(events()).toContain(`start ${name}`), WAIT);
    const pidIn = (file: string) => Number(readFileSync(join(directory, file), 'utf8'));
    const stateOf = async (handle: Handle) => (await executor.poll([handle])).get(handle.token)?.state;
    const endOf = (handle: Handle): Promise<Ending> =>
      vi.waitFor(async () => {
        const status = (await executor.poll([handle])).get(handle.token);
        if (status?.state !== 'ended') throw new Error(`${handle.token} is ${status?.state}`);
        return status.ending;
      }, WAIT);

    it('runs a batch to its end and tells it once', async () => {
      await start(1, DOUBLE);
      const handle = await double('batch-one', 'hold');
      await started('batch-one');
      expect(await stateOf(handle)).toBe('running');
      release();
      expect(await endOf(handle)).toMatchObject({ how: 'completed', exitCode: 0 });
      await executor.poll([handle]);
      expect(ends.map((end) => end.token)).toEqual([handle.token]);
      expect(ends[0]?.ending.how).toBe('completed');
    });

    it('gives handles that survive a round trip through JSON and name the executor', async () => {
      await start(1, DOUBLE);
      const handle = await double('batch-json', 'exit');
      const copy = JSON.parse(JSON.stringify(handle)) as Handle;
      expect(copy).toMatchObject({ executor: executor.name, token: handle.token });
      expect((await endOf(copy)).how).toBe('completed');
    });

    it('says failed, with the exit code, of a worker that fails', async () => {
      await start(1, DOUBLE);
      const handle = await double('batch-fails', 'exit', 7);
      expect(await endOf(handle)).toMatchObject({ how: 'failed', exitCode: 7 });
    });

    it('says failed or lost of a worker that is killed from outside', async () => {
      await start(1, DOUBLE);
      const handle = await double('batch-killed', 'hold');
      await started('batch-killed');
      process.kill(pidIn('batch-killed.pid'), 'SIGKILL');
      const ending = await endOf(handle);
      expect(['lost', 'failed', 'out_of_memory']).toContain(ending.how);
      expect(ending.detail).not.toBe('');
    });

    it('ends a running batch on cancel, and what it started with it', async () => {
      await start(1, DOUBLE);
      const handle = await double('batch-family', 'family');
      await started('batch-family');
      await executor.cancel([handle]);
      expect(isRunning(pidIn('batch-family.pid'))).toBe(false);
      expect(isRunning(pidIn('batch-family.child'))).toBe(false);
      expect((await endOf(handle)).how).toBe('cancelled');
      expect(ends).toHaveLength(1);
    });

    it('ends a worker that does not heed a polite request', async () => {
      await start(1, DOUBLE);
      const handle = await double('batch-stubborn', 'stubborn');
      await started('batch-stubborn');
      await executor.cancel([handle]);
      expect(events()).toContain('asked batch-stubborn');
      expect(isRunning(pidIn('batch-stubborn.pid'))).toBe(false);
      expect((await endOf(handle)).how).toBe('cancelled');
    });

    it('never starts a batch that was cancelled while queued', async () => {
      await start(1, DOUBLE);
      const first = await double('batch-first', 'hold');
      await started('batch-first');
      const second = await double('batch-second', 'exit');
      expect(await stateOf(second)).toBe('queued');
      await executor.cancel([second]);
      release();
      expect((await endOf(first)).how).toBe('completed');
      expect((await endOf(second)).how).toBe('cancelled');
      expect(events()).not.toContain('start batch-second');
    });

    it('lets a cancel of what has ended change nothing', async () => {
      await start(1, DOUBLE);
      const handle = await double('batch-ended', 'exit');
      await endOf(handle);
      await executor.cancel([handle]);
      expect((await endOf(handle)).how).toBe('completed');
      expect(ends).toHaveLength(1);
    });

    it('says lost of a batch that it does not know', async () => {
      await start(1, DOUBLE);
      const stranger: Handle = { executor: executor.name, token: 'batch-stranger', id: '1234' };
      expect((await endOf(stranger)).how).toBe('lost');
    });

    it('completes more batches than it has slots, never more at once than slots', async () => {
      await start(2, DOUBLE);
      const names = ['many-one', 'many-two', 'many-three', 'many-four', 'many-five'];
      const handles = await Promise.all(names.map((name) => double(name, 'exit')));
      for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
      expect(highestParallel(events())).toBeLessThanOrEqual(executor.slots);
      expect(ends.map((end) => end.token).sort()).toEqual(handles.map(({ token }) => token).sort());
    });

    it('ends everything on close', async () => {
      await start(2, DOUBLE);
      await double('close-one', 'hold');
      await double('close-two', 'family');
      const queued = await double('close-three', 'exit');
      await started('close-one');
      await started('close-two');
      await executor.close();
      for (const file of ['close-one.pid', 'close-two.pid', 'close-two.child'])
        expect(isRunning(pidIn(file))).toBe(false);
      expect((await endOf(queued)).how).toBe('cancelled');
      expect(ends).toHaveLength(3);
      await expect(double('close-late', 'exit')).rejects.toMatchObject({ code: 'CANCELLED' });
    });

    it('runs the real worker on real movies, whose records are then on the disk', async () => {
      await start(1);
      const batch: Batch = await smallBatch(directory, { token: 'batch-real', movies: 2 });
      const handle = await executor.submit(submission('batch-real', batch));
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

const lines = (path: string) => readFileSync(path, 'utf8').split('\n').filter(Boolean);

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

/** False for a process that has ended, whether or not its parent has taken notice. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!existsSync('/proc/self/stat')) return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
