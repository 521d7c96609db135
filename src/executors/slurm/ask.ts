import type { Batch, JobArray } from './batches.ts';
import { runSlurm } from './commands.ts';
import { parseAccounting, parseQueue, type Row, SACCT_FORMAT, SQUEUE_ARGUMENTS } from './queue.ts';
import type { Refusal } from './refusal.ts';
import type { SlurmSettings } from './settings.ts';
import { jobPrefix } from './submit.ts';

export type Asked =
  | { readonly ok: true; readonly rows: Row[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** One squeue for all jobs of this user, however many there are. */
export async function askQueue(settings: SlurmSettings): Promise<Asked> {
  const user = String(process.getuid?.() ?? '');
  const answer = await runSlurm(settings.commands, 'squeue', ['-u', user, ...SQUEUE_ARGUMENTS]);
  if (!answer.ok) return answer;
  return { ok: true, rows: parseQueue(answer.stdout, jobPrefix(settings)) };
}

/** No job of ours is older; without a beginning sacct looks at this day only. */
const LOOK_BACK = 'now-30days';

/**
 * Ends of jobs that the queue has forgotten, where the site keeps accounts; empty where it does not. By name: a service
 * that was restarted does not know their numbers, and a controller that was may have given them away.
 */
export async function askAccounting(settings: SlurmSettings, arrays: readonly JobArray[]): Promise<Row[]> {
  if (arrays.length === 0) return [];
  const names = arrays.map(({ name }) => name).join(',');
  const args = ['-X', '-n', '-P', `--name=${names}`, '-S', LOOK_BACK, '-o', SACCT_FORMAT];
  const answer = await runSlurm(settings.commands, 'sacct', args);
  return answer.ok ? parseAccounting(answer.stdout, jobPrefix(settings)) : [];
}

/** Rows by name of the array and number of the task; of a job that was requeued the newest. */
export const rowsByTask = (rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [`${row.name}_${row.task}`, row]));

export const rowOf = (rows: ReadonlyMap<string, Row>, batch: Batch): Row | null =>
  batch.array ? (rows.get(`${batch.array.name}_${batch.task}`) ?? null) : null;
