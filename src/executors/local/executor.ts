import { fileURLToPath } from 'node:url';
import { CodedError } from '../../contract/errors.ts';
import type { Ending, Executor, Handle, HandleStatus, Submission } from '../executor.ts';
import { endProcesses, processesByToken } from '../workers/processes.ts';
import { endingOf, startWorker } from '../workers/worker.ts';
import { capacityFinding, machineCapacity, type Need, planCapacity } from './capacity.ts';
import { createGpuPool } from './gpus.ts';

export interface LocalExecutorOptions {
  /** Batches side by side; null or absent: by cores and memory. */
  readonly slots?: number | null;
  /** Threads per movie; null or absent: what is left of the cores. */
  readonly threads?: number | null;
  /** What a movie takes; absent: what it takes of the built-in engine. */
  readonly need?: Need | undefined;
  /** GPUs that workers share out, as CUDA_VISIBLE_DEVICES takes them; absent: workers see what the service sees. */
  readonly gpus?: readonly string[];
  /** Program and arguments before the path of the batch; absent: `cryoem process` of this package. */
  readonly command?: readonly string[];
  /** Between asking a worker to end and killing it. */
  readonly graceMs?: number;
}

const NAME = 'local';
/** Batches in flight beyond the slots, so that a slot never waits for the next round. */
const QUEUE_AHEAD = 1;
const GRACE_MS = 10_000;
/** Ends that are kept for `poll`; the ledger has long taken older ones. */
const ENDINGS_KEPT = 10_000;
const ENTRY = fileURLToPath(new URL('../../../bin/cryoem', import.meta.url));
const CANCELLED: Ending = {
  how: 'cancelled',
  exitCode: null,
  signal: null,
  detail: 'The batch was cancelled.',
};
const LOST: Ending = {
  how: 'lost',
  exitCode: null,
  signal: null,
  detail: 'Nothing is known of this batch: the service was started anew since.',
};

/** A batch that waits or runs. `ended` resolves when its processes are gone and its end has been told. */
interface Entry {
  readonly submission: Submission;
  pid: number | null;
  cancelled: boolean;
  ended: Promise<void> | null;
}

/** Runs batches as child processes of the service, so many at a time, in the order of their submission. */
export function createLocalExecutor(options: LocalExecutorOptions = {}): Executor {
  const capacity = planCapacity(machineCapacity(), options, options.need);
  const command = options.command ?? [process.execPath, ENTRY, 'process'];
  const graceMs = options.graceMs ?? GRACE_MS;
  const gpus = options.gpus && options.gpus.length > 0 ? createGpuPool(options.gpus) : null;
  const queued = new Map<string, Entry>();
  const running = new Map<string, Entry>();
  const endings = new Map<string, Ending>();
  let closed = false;
  const listeners: ((token: string, ending: Ending) => void)[] = [];

  function finish(token: string, ending: Ending): void {
    endings.set(token, ending);
    for (const old of endings.keys()) {
      if (endings.size <= ENDINGS_KEPT) break;
      endings.delete(old);
    }
    for (const listener of listeners) listener(token, ending);
  }

  async function run(entry: Entry): Promise<void> {
    const { token } = entry.submission;
    let ending: Ending;
    const gpu = gpus?.take();
    try {
      const worker = startWorker(
        command,
        entry.submission,
        gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu },
      );
      entry.pid = worker.pid;
      const exit = await worker.ended;
      ending = entry.cancelled
        ? { ...CANCELLED, exitCode: exit.exitCode, signal: exit.signal }
        : endingOf(exit);
      // What the worker started ends with it: a slot is free when nothing of the batch runs.
      await endProcesses(token, graceMs, worker.pid);
    } catch (error) {
      ending = { how: 'failed', exitCode: null, signal: null, detail: (error as Error).message };
    }
    if (gpu !== undefined) gpus?.giveBack(gpu);
    running.delete(token);
    finish(token, ending);
    fillSlots();
  }

  function fillSlots(): void {
    for (const [token, entry] of queued) {
      if (running.size >= capacity.slots) return;
      queued.delete(token);
      running.set(token, entry);
      entry.ended = run(entry);
    }
  }

  async function cancelOne(token: string): Promise<void> {
    if (queued.delete(token)) return finish(token, CANCELLED);
    const entry = running.get(token);
    if (!entry) return endProcesses(token, graceMs, null); // of a service that is no more, or none
    entry.cancelled = true;
    await endProcesses(token, graceMs, entry.pid);
    await entry.ended;
  }

  function statusOf(token: string, strangers: () => Map<string, number[]>): HandleStatus {
    if (queued.has(token)) return { state: 'queued' };
    if (running.has(token)) return { state: 'running' };
    const ending = endings.get(token);
    if (ending) return { state: 'ended', ending };
    return strangers().has(token) ? { state: 'running' } : { state: 'ended', ending: LOST };
  }

  async function close(): Promise<void> {
    closed = true;
    await Promise.all([...queued.keys(), ...running.keys()].map(cancelOne));
  }

  return {
    name: NAME,
    slots: capacity.slots,
    threadsPerMovie: capacity.threads,
    mostInFlight: capacity.slots + QUEUE_AHEAD,
    batchesPerJob: 1,
    startsAtOnce: true,
    batchesPerCycle: 2 * capacity.slots,

    async submit(submission) {
      if (closed) throw new CodedError('CANCELLED', 'The executor is closed.');
      const { token } = submission;
      if (!queued.has(token) && !running.has(token) && !endings.has(token)) {
        queued.set(token, { submission, pid: null, cancelled: false, ended: null });
        fillSlots();
      }
      return { executor: NAME, token, id: token };
    },

    async poll(handles: readonly Handle[]) {
      let found: Map<string, number[]> | null = null;
      const strangers = () => (found ??= processesByToken());
      return new Map(handles.map(({ token }) => [token, statusOf(token, strangers)]));
    },

    async cancel(handles) {
      await Promise.all(handles.map(({ token }) => cancelOne(token)));
    },

    onEnded(listener) {
      listeners.push(listener);
    },

    condition: () => ({
      health: { state: 'well', detail: null, since: null },
      version: null,
      queued: queued.size,
      running: running.size,
    }),

    troubles: () => [],

    check: async () => [capacityFinding(capacity, machineCapacity(), options.need)],

    release: close,
    close,
  };
}
