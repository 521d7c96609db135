import { type Phase, phaseOf } from './states.ts';

/** One array task as squeue shows it. */
export interface Row {
  /** Name of the job, which holds the token of its array. */
  readonly name: string;
  /** As people write it: `1234_5`. */
  readonly id: string;
  readonly arrayId: string;
  readonly task: number;
  readonly phase: Phase;
  readonly state: string;
  readonly reason: string;
  readonly nodes: string;
}

/** `-r` gives each task its line, `-t all` also those that ended within the last minutes (MinJobAge). Names hold no `|`. */
export const SQUEUE_ARGUMENTS = ['-h', '-r', '-t', 'all', '-o', '%F|%K|%T|%N|%j|%r'] as const;

/** Rows of array tasks; jobs of others and lines that are none of ours are passed over. */
export function parseQueue(text: string, prefix: string): Row[] {
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    const [arrayId, task, state, nodes, name, ...reason] = line.split('|');
    if (!arrayId || !task || !state || !name?.startsWith(prefix) || !/^\d+$/.test(task)) continue;
    rows.push({
      name,
      id: `${arrayId}_${task}`,
      arrayId,
      task: Number(task),
      phase: phaseOf(state),
      state,
      reason: reason.join('|'),
      nodes: nodes ?? '',
    });
  }
  return rows;
}

/** What accounting still knows of jobs that squeue has forgotten. `%j` of `sacct -X -n -P -o JobID,State,NodeList,JobName`. */
export const SACCT_FORMAT = 'JobID,State,NodeList,JobName';

export function parseAccounting(text: string, prefix: string): Row[] {
  const rows: Row[] = [];
  for (const line of text.split('\n')) {
    const [id = '', state = '', nodes = '', ...name] = line.split('|');
    const match = /^(\d+)_(\d+)$/.exec(id);
    const jobName = name.join('|');
    if (!match || !jobName.startsWith(prefix)) continue;
    const [, arrayId = '', task = ''] = match;
    rows.push({
      name: jobName,
      id,
      arrayId,
      task: Number(task),
      phase: phaseOf(state),
      state,
      reason: '',
      nodes,
    });
  }
  return rows;
}
