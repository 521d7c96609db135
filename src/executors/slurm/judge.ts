import type { Ending } from '../executor.ts';
import { forbid, lastBeat, lookInto, type Outcome, readOutcome } from '../jobs/folder.ts';
import { readLogTail } from './array-folder.ts';
import type { Batch, JobArray } from './batches.ts';
import type { SlurmTimes } from './settings.ts';
import { END_TEXT } from './states.ts';

type Submitted = Batch & { array: JobArray };

/** What slurmstepd writes to the log of a job that took too much memory: its own gatherer, and the kernel's cgroup. */
const MEMORY = /exceeded (job |step )?memory limit|oom[-_ ]kill|out of memory/i;

/** Ends that leave it open whether the old process still runs, on a node that Slurm does not reach. */
const MAY_RUN_ON: readonly Ending['how'][] = ['node_failure', 'vanished', 'preempted'];
/** A job that only Slurm has forgotten may do its work to the end. */
const MAY_GO_ON: readonly Ending['how'][] = ['vanished'];

/**
 * Ends of batches that their jobs have told of themselves; one look for each array. A batch that was interrupted is
 * not at its end by that: Slurm knows whether its job runs again.
 */
export async function toldEnds(
  batches: readonly Submitted[],
): Promise<{ batch: Submitted; ending: Ending }[]> {
  const ends: { batch: Submitted; ending: Ending }[] = [];
  for (const [array, members] of Map.groupBy(batches, (batch) => batch.array)) {
    const { ended, begun } = await lookInto(array.folder);
    for (const batch of members) batch.hasBegun ||= begun.has(batch.task);
    for (const batch of members.filter(({ token }) => ended.has(token))) {
      const outcome = await readOutcome(array.folder, batch.token);
      const ending = outcome && toldEnding(batch, outcome);
      if (ending) ends.push({ batch, ending });
    }
  }
  return ends;
}

function toldEnding(batch: Batch, outcome: Outcome): Ending | null {
  const { how, exitCode, signal, detail } = outcome;
  if (how === 'interrupted') return batch.isCancelled ? { how: 'cancelled', exitCode, signal, detail } : null;
  // Forbidden because Slurm had lost it: the reason is what counts.
  if (how === 'cancelled' && !batch.isCancelled && batch.farewell)
    return { how: batch.farewell.how, exitCode, signal, detail: jobSentence(batch, batch.farewell.how) };
  return { how, exitCode, signal, detail };
}

/**
 * Slurm calls the job of a batch ended, or does not know it, and the job has not told of its end. Waits until the files
 * may have come over the network, and, where the old process may run on, until it gives no sign of life.
 * @param how - in Slurm's words
 * @returns its end; null: wait
 */
export async function bidFarewell(
  batch: Submitted,
  how: Ending['how'],
  times: Pick<SlurmTimes, 'settleMs' | 'fenceMs'>,
): Promise<Ending | null> {
  const { array, task, token } = batch;
  const nowMs = performance.now();
  const mayRunOn = MAY_RUN_ON.includes(how);
  if (batch.farewell?.how !== how) {
    batch.farewell = { how, sinceMs: nowMs, beatMs: await lastBeat(array.folder, task) };
    // A process that Slurm has lost sight of, or a job that starts late, finds this and ends.
    if (mayRunOn && !MAY_GO_ON.includes(how)) await forbid(array.folder, token);
  } else if (mayRunOn) {
    const beatMs = await lastBeat(array.folder, task);
    if (beatMs !== batch.farewell.beatMs) Object.assign(batch.farewell, { beatMs, sinceMs: nowMs });
  }
  // One that never began has nothing to wait for.
  const hasBegun = batch.farewell.beatMs !== null;
  const waitMs = mayRunOn && hasBegun ? times.fenceMs : times.settleMs;
  const isForbidden = batch.isCancelled && !hasBegun;
  if (!isForbidden && nowMs - batch.farewell.sinceMs < waitMs) return null;
  // Should it start after all, it finds that nobody wants it any more.
  await forbid(array.folder, token);
  return silentEnding(batch, how);
}

async function silentEnding(batch: Submitted, how: Ending['how']): Promise<Ending> {
  const tail = await readLogTail(batch.array.folder, batch.task);
  const none = { exitCode: null, signal: null };
  if (batch.isCancelled) return { how: 'cancelled', ...none, detail: 'The batch was cancelled.' };
  const real = ['failed', 'revoked', 'completed'].includes(how) && MEMORY.test(tail) ? 'out_of_memory' : how;
  // A runner that does its work says how each batch ended before its job does.
  const outcome = await readOutcome(batch.array.folder, batch.token);
  const hasBegun = outcome !== null || batch.hasBegun;
  if (hasBegun && (real === 'completed' || real === 'failed')) {
    const { exitCode, signal } = outcome ?? none;
    return { how: 'lost', exitCode, signal, detail: `${jobName(batch)} was ended from outside.` };
  }
  if (real === 'completed' || real === 'failed') {
    const said = tail.trim().split('\n').at(-1);
    const reason = batch.row?.reason && batch.row.reason !== 'None' ? ` (${batch.row.reason})` : '';
    const detail = `${jobName(batch)} ended before its work began${reason}${said ? `; its log says: ${said}` : ', and its log is empty'}.`;
    return { how: 'failed', ...none, detail };
  }
  return { how: real, ...none, detail: jobSentence(batch, real) };
}

const jobName = ({ row, array, task }: Submitted | Batch): string => {
  const id = row?.id ?? (array?.id ? `${array.id}_${task}` : null);
  const node = row?.nodes ? ` on ${row.nodes}` : '';
  return id === null ? 'The job' : `Job ${id}${node}`;
};

const jobSentence = (batch: Submitted | Batch, how: Ending['how']): string =>
  `${jobName(batch)} ${END_TEXT[how]}.`;
