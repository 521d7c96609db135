import { messageOf } from '../../base/errors.ts';
import { requestCancel } from '../jobs/folder.ts';
import type { GroupedBatch } from './batch-store.ts';
import type { Core } from './core.ts';
import { endSentence } from './ending-sentences.ts';
import { endingOf } from './endings.ts';
import { endAfterGrace } from './grace.ts';
import { HungJobs } from './hung-jobs.ts';
import { reportedEndings } from './outcomes.ts';

/**
 * Reads the files that the jobs themselves write: which jobs have begun, have ended, or have heartbeats.
 */
export class JobFileReader {
  private readonly core: Core;
  private lastRead: Promise<void> = Promise.resolve();
  private pendingCount = 0;
  private readonly hungJobs: HungJobs;

  constructor(core: Core) {
    this.core = core;
    this.hungJobs = new HungJobs(core.settings.times.heartbeatTimeoutMs);
  }

  get isReading(): boolean {
    return this.pendingCount > 0;
  }

  /** Reads the files. Calls are queued, and each reads the files after it was called. Never rejects. */
  read(): Promise<void> {
    this.pendingCount++;
    this.lastRead = this.lastRead
      .then(() => this.readOnce())
      .finally(() => {
        this.pendingCount--;
      });
    return this.lastRead;
  }

  async settled(): Promise<void> {
    await this.lastRead;
  }

  private async readOnce(): Promise<void> {
    const submitted = this.core.store.grouped().filter(({ state }) => state !== 'waiting');
    // A folder that cannot be read, or does not respond, must not affect other groups.
    for (const members of Map.groupBy(submitted, ({ group }) => group).values()) {
      try {
        await this.readGroup(members);
      } catch (error) {
        const text = `The job files cannot be read: ${messageOf(error)}.`;
        this.core.polling.onFailure({ kind: 'refused', text });
      }
    }
  }

  private async readGroup(members: readonly GroupedBatch[]): Promise<void> {
    const { store, driver, settings } = this.core;
    for (const { batch, ending } of await reportedEndings(members, driver.title))
      store.end(batch, 'reported', ending);
    for (const batch of members) {
      if (batch.hasBegun) store.move(batch, 'began');
      if (batch.state === 'grace' && batch.schedulerEnding !== null) {
        const ending = await endAfterGrace(batch, batch.schedulerEnding, settings.times, driver);
        if (ending !== null) store.end(batch, 'grace_over', ending);
      } else if (await this.hungJobs.isHung(batch)) {
        // If the job continues after all, it reads this file and ends. The scheduler cancels it as an orphan.
        await requestCancel(batch.group.folder, batch.token);
        store.end(batch, 'reported', endingOf('stalled', endSentence(batch, 'stalled', driver.title)));
      }
    }
  }
}
