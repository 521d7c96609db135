import { messageOf } from '../../base/errors.ts';
import { BatchRun, type StopReason } from './batch-run.ts';
import { isCancelRequested, readJobPlan, readRun, submissionOf, touchRun, writeRun } from './folder.ts';
import type { JobEnvironment } from './job-environment.ts';

/** A movie is not processed faster with more threads than this. */
const MAX_THREADS = 16;

/**
 * Runs one task of a plan on its node: runs its batches in parallel, each with its own GPU if the job has
 * GPUs, and writes how each ended. Batches are stopped with SIGTERM, then SIGKILL: all of them when the job
 * is asked to stop or when another run of the same task has begun elsewhere, and a single batch when it is
 * cancelled. Batches that ended in an earlier run are not repeated.
 * @param stop - aborted when the job is asked to stop
 */
export async function runTask(folder: string, job: JobEnvironment, stop: AbortSignal): Promise<void> {
  const { location, task } = job;
  const plan = await readJobPlan(folder);
  const members = plan?.tasks[task - 1];
  if (!plan || !members) throw new Error(`There is no task ${task} in ${folder}.`);
  const run = `${location.jobId}.${location.restart}.${process.pid}`;
  await writeRun(folder, task, { run, node: location.node, jobId: location.jobId });

  const threads = plan.threads ?? threadsOf(job.cores, members.length);
  const batches = members.map((entry, i) => {
    const gpu = job.gpus.length === 0 ? null : (job.gpus[i % job.gpus.length] ?? null);
    return new BatchRun({ folder, run, entry: submissionOf(entry), plan, location, threads, gpu });
  });
  const stopAll = (reason: StopReason) => {
    for (const batch of batches) batch.stop(reason);
  };
  stop.addEventListener('abort', () => stopAll('terminated'));
  if (stop.aborted) stopAll('terminated');
  const heartbeat = setInterval(() => {
    updateHeartbeat(folder, task, run, batches).catch((error: unknown) =>
      console.error(`The heartbeat cannot be written: ${messageOf(error)}`),
    );
  }, plan.heartbeatMs);
  try {
    await Promise.all(batches.map((batch) => batch.run()));
  } finally {
    clearInterval(heartbeat);
  }
}

/**
 * Touches the file of this run, unless another run has taken over the task, and stops cancelled batches.
 */
async function updateHeartbeat(
  folder: string,
  task: number,
  run: string,
  batches: readonly BatchRun[],
): Promise<void> {
  if ((await readRun(folder, task))?.run !== run) {
    for (const batch of batches) batch.stop('superseded');
    return;
  }
  await touchRun(folder, task);
  for (const batch of batches)
    if (batch.isRunning && (await isCancelRequested(folder, batch.token))) batch.stop('cancelled');
}

/** Threads per movie: the cores of the job, divided among its batches. */
const threadsOf = (cores: number, batches: number): number =>
  Math.min(MAX_THREADS, Math.max(1, Math.floor(cores / batches)));
