import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { hasErrorCode } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { openContext, type ThreadSetup } from './context.ts';
import { runTask, type Task } from './tasks.ts';
import type { ThreadCommand, ThreadResponse } from './worker.ts';

/**
 * The threads that process one movie. With one thread, tasks run on the calling thread, one per turn of the
 * event loop.
 */
export interface ThreadPool {
  readonly threads: number;
  /**
   * Runs all tasks, in parallel if there are threads.
   * @throws CodedError of the first task that failed, or CANCELLED
   */
  run(tasks: readonly Task[]): Promise<unknown[]>;
  /** Runs the same task on every thread. */
  runEverywhere(task: Task): Promise<void>;
  /** Returns the threads for the next movie, or terminates them after a failure. */
  close(hasFailed: boolean): Promise<void>;
}

function cancelledError(): CodedError {
  return new CodedError('CANCELLED', '');
}

export async function startThreadPool(
  setup: ThreadSetup,
  threads: number,
  signal?: AbortSignal,
): Promise<ThreadPool> {
  if (signal?.aborted) throw cancelledError();
  return threads === 1 ? createCallingThreadPool(setup, signal) : createWorkerPool(setup, threads, signal);
}

function createCallingThreadPool(setup: ThreadSetup, signal?: AbortSignal): ThreadPool {
  const context = openContext(setup);
  const run = async (tasks: readonly Task[]) => {
    const values: unknown[] = [];
    for (const task of tasks) {
      await nextTurn();
      if (signal?.aborted) throw cancelledError();
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
const idleWorkers: Worker[] = [];

function acquireWorker(): Worker {
  const worker = idleWorkers.pop() ?? new Worker(new URL('./worker.ts', import.meta.url));
  worker.ref();
  return worker;
}

function releaseWorker(worker: Worker): void {
  worker.removeAllListeners();
  // a worker that fails while idle must not stop the process
  worker.on('error', () => removeIdle(worker));
  worker.on('exit', () => removeIdle(worker));
  worker.unref();
  idleWorkers.push(worker);
}

function removeIdle(worker: Worker): void {
  const index = idleWorkers.indexOf(worker);
  if (index >= 0) idleWorkers.splice(index, 1);
}

/** Sends one command and waits for its response; a worker executes one command at a time. */
function sendCommand(worker: Worker, command: ThreadCommand, signal?: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const removeListeners = () => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      signal?.removeEventListener('abort', onAbort);
    };
    const onMessage = (response: ThreadResponse) => {
      removeListeners();
      if (response.ok) resolve(response.value);
      else reject(errorOf(response));
    };
    const onError = (error: Error) => {
      removeListeners();
      const isOutOfMemory = hasErrorCode(error, 'ERR_WORKER_OUT_OF_MEMORY');
      reject(
        new CodedError(isOutOfMemory ? 'OUT_OF_MEMORY' : 'INTERNAL', error.message, {}, { cause: error }),
      );
    };
    const onExit = (code: number) => onError(new Error(`a worker thread ended with code ${code}`));
    const onAbort = () => {
      removeListeners();
      reject(cancelledError());
    };
    if (signal?.aborted) return reject(cancelledError());
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal?.addEventListener('abort', onAbort);
    worker.postMessage(command);
  });
}

/** The error that was thrown in the worker. */
function errorOf(response: Extract<ThreadResponse, { ok: false }>): Error {
  const error = response.code
    ? new CodedError(response.code, '', response.location)
    : new Error(response.message);
  error.message = response.message;
  error.stack = response.stack;
  return error;
}

async function terminateWorkers(workers: readonly Worker[]): Promise<void> {
  for (const worker of workers) worker.removeAllListeners().on('error', () => undefined);
  await Promise.all(workers.map((worker) => worker.terminate()));
}

async function createWorkerPool(
  setup: ThreadSetup,
  threads: number,
  signal?: AbortSignal,
): Promise<ThreadPool> {
  const workers = Array.from({ length: threads }, () => {
    const worker = acquireWorker();
    worker.removeAllListeners();
    return worker;
  });
  try {
    await Promise.all(workers.map((worker) => sendCommand(worker, { kind: 'open', setup }, signal)));
  } catch (error) {
    await terminateWorkers(workers);
    throw error;
  }
  return {
    threads,
    async run(tasks) {
      const values: unknown[] = new Array(tasks.length);
      let nextTask = 0;
      const runTasks = async (worker: Worker) => {
        while (nextTask < tasks.length) {
          const i = nextTask++;
          values[i] = await sendCommand(worker, { kind: 'task', task: tasks[i]! }, signal);
        }
      };
      await Promise.all(workers.map(runTasks));
      return values;
    },
    async runEverywhere(task) {
      await Promise.all(workers.map((worker) => sendCommand(worker, { kind: 'task', task }, signal)));
    },
    async close(hasFailed) {
      if (hasFailed) return terminateWorkers(workers);
      await Promise.all(workers.map((worker) => sendCommand(worker, { kind: 'close' })));
      workers.forEach(releaseWorker);
    },
  };
}
