import { utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { EXIT_INTERRUPTED, PLACE_VARIABLE } from '../../contract/batch.ts';
import type { Place } from '../../contract/record.ts';
import { endProcesses } from '../workers/processes.ts';
import { endingOf, startWorker } from '../workers/worker.ts';
import {
  forgetOutcome,
  isForbidden,
  type Outcome,
  readOutcome,
  readRun,
  readTasks,
  runPath,
  type Tasks,
  writeOutcome,
  writeRun,
} from './folder.ts';

type BatchOfTask = Tasks['tasks'][number][number];
type Stop = 'told' | 'forbidden' | 'superseded';

const STOP_TEXT: Readonly<Record<Stop, string>> = {
  told: 'The job was told to end.',
  forbidden: 'The batch was cancelled.',
  superseded: 'Another run of the job has taken it over.',
};
/** More threads than this do not make one movie faster. */
const MOST_THREADS = 16;

/** What the plan and Slurm say to a job. */
export interface JobEnvironment {
  readonly place: Place;
  readonly task: number;
  readonly gpus: readonly string[];
  readonly cores: number;
}

/** @param task - of a job that is no member of an array: its place in the plan */
export function jobEnvironment(env: NodeJS.ProcessEnv, task: number | null): JobEnvironment {
  return {
    place: {
      cluster: env.SLURM_CLUSTER_NAME || 'slurm',
      jobId:
        task === null
          ? `${env.SLURM_ARRAY_JOB_ID}_${env.SLURM_ARRAY_TASK_ID}`
          : `${env.SLURM_JOB_ID ?? 'unknown'}`,
      node: env.SLURMD_NODENAME || hostname(),
      restart: Number(env.SLURM_RESTART_COUNT ?? 0),
    },
    task: task ?? Number(env.SLURM_ARRAY_TASK_ID),
    gpus: (env.CUDA_VISIBLE_DEVICES ?? '').split(',').filter(Boolean),
    cores: Number(env.SLURM_CPUS_ON_NODE ?? 1) || 1,
  };
}

/**
 * Does one task of a plan on its node: its batches side by side, each with a GPU of its own where the job has some,
 * and writes how each ended. It stops, politely and then firmly, what it started: all of it when the job is told to end
 * or another run of the same task has begun elsewhere, one batch when that is forbidden. What had its end in an earlier run is not done again.
 * @param stop - aborted when the job is told to end
 */
export async function runTask(folder: string, job: JobEnvironment, stop: AbortSignal): Promise<void> {
  const { place, task } = job;
  const plan = await readTasks(folder);
  const batches = plan?.tasks[task - 1];
  if (!plan || !batches) throw new Error(`There is no task ${task} in ${folder}.`);
  const run = `${place.jobId}.${place.restart}.${process.pid}`;
  await writeRun(folder, task, { run, node: place.node, jobId: place.jobId });

  const running = new Map<string, (why: Stop) => void>();
  const stopAll = (why: Stop) => {
    for (const end of running.values()) end(why);
  };
  stop.addEventListener('abort', () => stopAll('told'));
  const beat = setInterval(() => {
    void (async () => {
      if ((await readRun(folder, task))?.run !== run) return stopAll('superseded');
      await utimes(runPath(folder, task), new Date(), new Date());
      for (const [token, end] of running) if (await isForbidden(folder, token)) end('forbidden');
    })().catch((error) => console.error(`A sign of life cannot be given: ${(error as Error).message}`));
  }, plan.beatMs);

  async function doBatch(batch: BatchOfTask, place_: Place, gpu: string | undefined, threads: number) {
    const { token } = batch;
    const tell = (outcome: Omit<Outcome, 'token' | 'run'>) =>
      writeOutcome(folder, { token, run, ...outcome });
    const old = await readOutcome(folder, token);
    if (old && old.how !== 'interrupted') return;
    if (old) await forgetOutcome(folder, token);
    const none = { exitCode: null, signal: null };
    if (await isForbidden(folder, token))
      return tell({ how: 'cancelled', ...none, detail: STOP_TEXT.forbidden });
    if (stop.aborted) return tell({ how: 'interrupted', ...none, detail: STOP_TEXT.told });

    let why: Stop | null = null;
    const worker = startWorker([...plan!.command, '--threads', String(threads)], batch, {
      [PLACE_VARIABLE]: JSON.stringify(place_),
      ...(gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu }),
    });
    running.set(token, (reason) => {
      if (why !== null) return;
      why = reason;
      void endProcesses(token, plan!.graceMs, worker.pid);
    });
    const exit = await worker.ended;
    // Nothing of the batch runs on when its end is told.
    await endProcesses(token, plan!.graceMs, worker.pid);
    running.delete(token);
    const { exitCode, signal } = exit;
    const reason = why as Stop | null;
    if (reason === 'superseded') return; // the place for the outcome is the other run's
    if (reason !== null)
      return tell({
        how: reason === 'forbidden' ? 'cancelled' : 'interrupted',
        exitCode,
        signal,
        detail: STOP_TEXT[reason],
      });
    // A job that is told to end has its workers told by Slurm too, perhaps before us.
    if (exitCode === EXIT_INTERRUPTED || signal === 'SIGTERM')
      return tell({ how: 'interrupted', exitCode, signal, detail: 'The worker was told to end.' });
    const ending = endingOf(exit);
    await tell(signal === 'SIGKILL' ? { ...ending, how: 'out_of_memory' } : ending);
  }

  try {
    const threads =
      plan.threads ?? Math.min(MOST_THREADS, Math.max(1, Math.floor(job.cores / batches.length)));
    const gpuOf = (i: number) => (job.gpus.length === 0 ? undefined : job.gpus[i % job.gpus.length]);
    await Promise.all(batches.map((batch, i) => doBatch(batch, place, gpuOf(i), threads)));
  } finally {
    clearInterval(beat);
  }
}
