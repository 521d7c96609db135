import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { hasErrorCode } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { type CrewSetup, openContext } from './context.ts';
import { runTask, type Task } from './tasks.ts';
import type { CrewAnswer, CrewOrder } from './worker.ts';

/**
 * The threads that process one movie. With one thread, tasks run on the calling thread, one per turn of the
 * event loop.
 */
export interface Crew {
  readonly threads: number;
  /**
   * Runs all tasks, in parallel if there are threads.
   * @throws CodedError of the first task that failed, or CANCELLED
   */
  run(tasks: readonly Task[]): Promise<unknown[]>;
  /** Runs the same task on every thread. */
  runEverywhere(task: Task): Promise<void>;
  /** Returns the threads for the next movie, or ends them after a failure. */
  close(failed: boolean): Promise<void>;
}

function cancelled(): CodedError {
  return new CodedError('CANCELLED', '');
}

export async function startCrew(setup: CrewSetup, threads: number, signal?: AbortSignal): Promise<Crew> {
  if (signal?.aborted) throw cancelled();
  return threads === 1 ? soloCrew(setup, signal) : workerCrew(setup, threads, signal);
}

function soloCrew(setup: CrewSetup, signal?: AbortSignal): Crew {
  const context = openContext(setup);
  const run = async (tasks: readonly Task[]) => {
    const values: unknown[] = [];
    for (const task of tasks) {
      await nextTurn();
      if (signal?.aborted) throw cancelled();
      values.push(runTask(context, task));
    }
    return values;
  };
  return {
    threads: 1,
    run,
    runEverywhere: async (task) => {
      await run([task]);
    },
    close: async () => context.reader.close(),
  };
}

/** Idle workers. They do not keep the process alive. */
const idle: Worker[] = [];

function takeWorker(): Worker {
  const worker = idle.pop() ?? new Worker(new URL('./worker.ts', import.meta.url));
  worker.ref();
  return worker;
}

function giveBack(worker: Worker): void {
  worker.removeAllListeners();
  // a worker that fails while idle must not end the process
  worker.on('error', () => forget(worker));
  worker.on('exit', () => forget(worker));
  worker.unref();
  idle.push(worker);
}

function forget(worker: Worker): void {
  const index = idle.indexOf(worker);
  if (index >= 0) idle.splice(index, 1);
}

/** Sends one order and waits for its reply; a worker has one order at a time. */
function ask(worker: Worker, order: CrewOrder, signal?: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = () => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
    };
    const onMessage = (answer: CrewAnswer) => {
      done();
      if (answer.ok) resolve(answer.value);
      else reject(errorOf(answer));
    };
    const onError = (error: Error) => {
      done();
      const isMemory = hasErrorCode(error, 'ERR_WORKER_OUT_OF_MEMORY');
      reject(new CodedError(isMemory ? 'OUT_OF_MEMORY' : 'INTERNAL', error.message, {}, { cause: error }));
    };
    const onExit = (code: number) => onError(new Error(`a worker thread ended with code ${code}`));
    const onAbort = () => {
      done();
      reject(cancelled());
    };
    if (signal?.aborted) return reject(cancelled());
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort);
    worker.postMessage(order);
  });
}

/** The error that was thrown in the worker. */
function errorOf(answer: Extract<CrewAnswer, { ok: false }>): Error {
  const error = answer.code ? new CodedError(answer.code, '', answer.location) : new Error(answer.message);
  error.message = answer.message;
  error.stack = answer.stack;
  return error;
}

async function endWorkers(workers: readonly Worker[]): Promise<void> {
  for (const worker of workers) worker.removeAllListeners().on('error', () => undefined);
  await Promise.all(workers.map((worker) => worker.terminate()));
}

async function workerCrew(setup: CrewSetup, threads: number, signal?: AbortSignal): Promise<Crew> {
  const workers = Array.from({ length: threads }, () => {
    const worker = takeWorker();
    worker.removeAllListeners();
    return worker;
  });
  try {
    await Promise.all(workers.map((worker) => ask(worker, { kind: 'open', setup }, signal)));
  } catch (error) {
    await endWorkers(workers);
    throw error;
  }
  return {
    threads,
    async run(tasks) {
      const values: unknown[] = new Array(tasks.length);
      let next = 0;
      const work = async (worker: Worker) => {
        while (next < tasks.length) {
          const i = next++;
          values[i] = await ask(worker, { kind: 'task', task: tasks[i]! }, signal);
        }
      };
      await Promise.all(workers.map(work));
      return values;
    },
    async runEverywhere(task) {
      await Promise.all(workers.map((worker) => ask(worker, { kind: 'task', task }, signal)));
    },
    async close(failed) {
      if (failed) return endWorkers(workers);
      await Promise.all(workers.map((worker) => ask(worker, { kind: 'close' })));
      workers.forEach(giveBack);
    },
  };
}
