import { requestCancel } from '../jobs/folder.ts';
import type { Batch, JobBook, OpenGroup } from './book.ts';
import type { Channel } from './channel.ts';
import type { SchedulerDriver } from './driver.ts';
import { CANCELLED } from './endings.ts';
import type { CoreSettings } from './settings.ts';

/** What the parts of the core share. */
export interface Core {
  readonly driver: SchedulerDriver;
  readonly settings: CoreSettings;
  readonly book: JobBook;
  /** How submissions fare, and polls. */
  readonly submitting: Channel;
  readonly polling: Channel;
}

/**
 * A group, or some of its jobs, were not taken. Their batches wait again: for another group or, where the folder of a
 * group tells whether it was submitted, in this one, to be submitted as it is. Cancelled ones end.
 */
export async function settleRefused({ book, driver }: Core, group: OpenGroup): Promise<void> {
  const waiting = book.membersOf(group).filter(({ state }) => state === 'waiting');
  if (!driver.tellsSubmissionsByFiles) {
    for (const batch of waiting) book.leave(batch);
    const isEmpty = book.membersOf(group).length === 0;
    if (isEmpty) await driver.layout.discard(group.folder);
    // Should such a job come late, it finds that its batches are done elsewhere.
    else for (const { token } of waiting) await requestCancel(group.folder, token);
  }
  for (const batch of waiting) endIfUnwanted(book, batch);
}

/** A batch that was cancelled does not wait to be submitted again. */
export function endIfUnwanted(book: JobBook, batch: Batch): void {
  if (batch.isCancelRequested && batch.state === 'waiting') book.end(batch, 'given_up', CANCELLED);
}
