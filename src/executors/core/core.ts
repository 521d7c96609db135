import { requestCancel } from '../jobs/folder.ts';
import type { Batch, BatchStore, OpenGroup } from './batch-store.ts';
import type { Channel } from './channel.ts';
import type { SchedulerDriver } from './driver.ts';
import { CANCELLED } from './endings.ts';
import type { CoreSettings } from './settings.ts';

/** State shared by the parts of the core. */
export interface Core {
  readonly driver: SchedulerDriver;
  readonly settings: CoreSettings;
  readonly store: BatchStore;
  /** Channels of the submissions and of the polls. */
  readonly submitting: Channel;
  readonly polling: Channel;
}

/**
 * Called when a group or some of its jobs were refused. Their batches leave the group and wait for another
 * one; if the driver has `recordsSubmissions`, they stay in it, and it is submitted again unchanged.
 * Cancelled batches end.
 */
export async function settleRefused({ store, driver }: Core, group: OpenGroup): Promise<void> {
  const waiting = store.membersOf(group).filter(({ state }) => state === 'waiting');
  if (!driver.recordsSubmissions) {
    for (const batch of waiting) store.leave(batch);
    const isEmpty = store.membersOf(group).length === 0;
    if (isEmpty) await driver.layout.discard(group.folder);
    // If a refused job starts after all, it must not process batches that another job processes.
    else for (const { token } of waiting) await requestCancel(group.folder, token);
  }
  for (const batch of waiting) endIfUnwanted(store, batch);
}

/** Ends a cancelled batch that would otherwise wait to be submitted. */
export function endIfUnwanted(store: BatchStore, batch: Batch): void {
  if (batch.isCancelRequested && batch.state === 'waiting') store.end(batch, 'given_up', CANCELLED);
}
