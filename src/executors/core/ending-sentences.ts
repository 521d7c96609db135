import type { Ending } from '../executor.ts';
import type { GroupedBatch } from './batch-store.ts';

/** Predicate of the sentence about a job that did not report how it ended. */
const END_TEXT: Readonly<Record<Ending['how'], (title: string) => string>> = {
  completed: () => 'completed its batch',
  failed: () => 'failed',
  cancelled: () => 'was cancelled',
  lost: () => 'was killed',
  out_of_memory: () => 'exceeded its memory',
  timeout: () => 'reached its time limit',
  stalled: () => 'gave no sign of life',
  node_failure: () => 'lost its node',
  preempted: () => 'was preempted by another job',
  cancelled_externally: () => 'was cancelled outside the service',
  vanished: (title) => `is no longer known to ${title}`,
};

/** `Job 1234_5 on c1`, as far as known. */
export function jobName({ report, group, task }: GroupedBatch): string {
  const id = report?.id ?? group.ids[task - 1] ?? null;
  const node = report?.node ? ` on ${report.node}` : '';
  return id === null ? 'The job' : `Job ${id}${node}`;
}

/** A sentence about how the job of a batch ended. @param title - name of the scheduler */
export const endSentence = (batch: GroupedBatch, how: Ending['how'], title: string): string =>
  batch.report?.detail ?? `${jobName(batch)} ${END_TEXT[how](title)}.`;
