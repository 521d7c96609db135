import type { JobReport, Phase } from '../core/driver.ts';
import { phaseOf } from './states.ts';

/** One array task as squeue shows it. */
export interface Row {
  /** Name of the job, which is that of its group. */
  readonly name: string;
  /** As users write it: `1234_5`. */
  readonly id: string;
  readonly arrayId: string;
  readonly task: number;
  readonly phase: Phase;
  readonly state: string;
  readonly reason: string;
  readonly nodes: string;
}

/**
 * `-r`: a line for each task; `-t all`: also those that ended within the last minutes (MinJobAge). Names do
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
 * Accounting records of jobs that squeue no longer shows. `%j` of `sacct -X -n -P -o
 * JobID,State,NodeList,JobName`.
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
});
