import type { JobReport, Phase } from '../core/driver.ts';
import { phaseOf } from './states.ts';

/** One array task in the output of squeue or sacct. */
export interface Row {
  /** Name of the job, which is the name of its group. */
  readonly name: string;
  /** Job id in the form that users know: `1234_5`. */
  readonly id: string;
  readonly arrayId: string;
  readonly task: number;
  readonly phase: Phase;
  readonly state: string;
  readonly reason: string;
  readonly nodes: string;
}

/**
 * `-r`: one line per task; `-t all`: includes tasks that ended within the last minutes (MinJobAge). Names do
 * not contain `|`.
 */
export const SQUEUE_ARGUMENTS = ['-h', '-r', '-t', 'all', '-o', '%F|%K|%T|%N|%j|%r'] as const;

/** Rows of array tasks; other jobs and lines are skipped. */
export function parseQueue(text: string, prefix: string): Row[] {
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    const [arrayId, task, state, nodes = '', name, ...reason] = line.split('|');
    if (!arrayId || !task || !state || !name?.startsWith(prefix) || !/^\d+$/.test(task)) continue;
    rows.push(rowOf({ name, arrayId, task, state, nodes, reason: reason.join('|') }));
  }
  return rows;
}

/**
 * Columns of `sacct -X -n -P -o`, for accounting records of jobs that squeue no longer shows.
 */
export const SACCT_FORMAT = 'JobID,State,NodeList,JobName';

export function parseAccounting(text: string, prefix: string): Row[] {
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    const [id = '', state = '', nodes = '', ...words] = line.split('|');
    const [, arrayId, task] = /^(\d+)_(\d+)$/.exec(id) ?? [];
    const name = words.join('|');
    if (!arrayId || !task || !name.startsWith(prefix)) continue;
    rows.push(rowOf({ name, arrayId, task, state, nodes, reason: '' }));
  }
  return rows;
}

type Columns = Pick<Row, 'name' | 'arrayId' | 'state' | 'nodes' | 'reason'> & { task: string };

const rowOf = ({ task, ...columns }: Columns): Row => ({
  ...columns,
  id: `${columns.arrayId}_${task}`,
  task: Number(task),
  phase: phaseOf(columns.state),
});

/** States of a job that has a node but does not run, and writes no heartbeats. */
const SUSPENDED: ReadonlySet<string> = new Set(['SUSPENDED', 'STOPPED']);

/** Slurm prints this word for "no reason". */
const NO_REASON = 'None';

export const reportOf = ({ name, task, phase, id, nodes, reason, state }: Row): JobReport => ({
  group: name,
  task,
  phase,
  id,
  node: nodes || null,
  reason: reason === NO_REASON || reason === '' ? null : reason,
  isEnding: state === 'COMPLETING',
  ...(SUSPENDED.has(state) ? { isSuspended: true } : {}),
});
