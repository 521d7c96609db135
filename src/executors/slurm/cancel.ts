import type { Batch, Batches } from './batches.ts';
import { runSlurm } from './commands.ts';
import type { Row } from './queue.ts';
import type { SlurmSettings } from './settings.ts';

/** Numbers that one scancel is given. */
const MOST_IDS = 500;

/** A job of ours to be cancelled: a whole array by its name, or one task of it by name and number. */
export interface Target {
  readonly name: string;
  /** null: all tasks. */
  readonly id: string | null;
}

/** Tasks none of whose batches is wanted any more. A batch that shares its task with wanted ones is ended by its job. */
export function wholeTasks(cancelled: readonly Batch[], batches: Batches): Target[] {
  const targets: Target[] = [];
  for (const [array, members] of Map.groupBy(cancelled, (batch) => batch.array)) {
    if (array === null) continue;
    const isUnwanted = (token: string) => batches.open.get(token)?.isCancelled ?? true;
    if (array.tasks.flat().every(isUnwanted)) targets.push({ name: array.name, id: null });
    else
      for (const task of new Set(members.map((batch) => batch.task)))
        if (array.id !== null && array.tasks[task - 1]?.every(isUnwanted))
          targets.push({ name: array.name, id: `${array.id}_${task}` });
  }
  return targets;
}

/** The name stands beside every number: Slurm may have given the number to another job since. */
export async function scancel(settings: SlurmSettings, targets: readonly Target[]): Promise<void> {
  for (const [name, group] of Map.groupBy(targets, (target) => target.name)) {
    const ids = group.some(({ id }) => id === null) ? [] : group.flatMap(({ id }) => id ?? []);
    const user = String(process.getuid?.() ?? '');
    if (ids.length === 0) await runSlurm(settings.commands, 'scancel', [`--name=${name}`, `--user=${user}`]);
    for (let from = 0; from < ids.length; from += MOST_IDS)
      await runSlurm(settings.commands, 'scancel', [`--name=${name}`, ...ids.slice(from, from + MOST_IDS)]);
  }
}

/**
 * Cancels jobs of ours in the queue that nobody wants: those that were cancelled while Slurm did not listen, at once;
 * those that nobody has asked for since this service began, after a while.
 * @param strangers - since when each was seen; kept between calls
 */
export async function cancelUnwanted(
  settings: SlurmSettings,
  rows: readonly Row[],
  batches: Batches,
  strangers: Map<string, number>,
): Promise<void> {
  const wanted = new Set<string>();
  for (const batch of batches.submitted())
    if (!batch.isCancelled) wanted.add(`${batch.array.name}_${batch.task}`);
  const nowMs = performance.now();
  const unwanted = rows.filter(
    (row) =>
      (row.phase === 'waiting' || row.phase === 'running') &&
      row.state !== 'COMPLETING' &&
      !wanted.has(`${row.name}_${row.task}`),
  );
  const seen = new Set(unwanted.map(({ id }) => id));
  for (const id of strangers.keys()) if (!seen.has(id)) strangers.delete(id);
  for (const { id } of unwanted) if (!strangers.has(id)) strangers.set(id, nowMs);
  const due = unwanted.filter(({ id }) => nowMs - strangers.get(id)! >= settings.times.orphanMs);
  const told = unwanted.filter((row) => batches.cancelledTasks.has(`${row.name}_${row.task}`));
  const targets = [...new Set([...due, ...told])].map(({ name, id }) => ({ name, id }));
  await scancel(settings, targets);
}
