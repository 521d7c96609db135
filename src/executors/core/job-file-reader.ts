import { messageOf } from '../../base/errors.ts';
import type { Core } from './core.ts';
import { endAfterGrace } from './grace.ts';
import { reportedEndings } from './outcomes.ts';

/**
 * Reads the files that the jobs themselves write: which jobs have begun, have ended, or have heartbeats.
 */
export class JobFileReader {
  private readonly core: Core;
  private last: Promise<void> = Promise.resolve();
  private pendingCount = 0;

  constructor(core: Core) {
    this.core = core;
  }

  get isReading(): boolean {
    return this.pendingCount > 0;
  }

  /** Reads the files, one call at a time: the files are read after each call. Never rejects. */
  read(): Promise<void> {
    this.pendingCount++;
    this.last = this.last
      .then(() => this.readOnce())
      .finally(() => {
        this.pendingCount--;
      });
    return this.last;
  }

  async settled(): Promise<void> {
    await this.last;
  }

  private async readOnce(): Promise<void> {
    const { store, driver, settings, polling } = this.core;
    try {
      const submitted = store.grouped().filter(({ state }) => state !== 'waiting');
      for (const { batch, ending } of await reportedEndings(submitted, driver.title))
        store.end(batch, 'reported', ending);
      for (const batch of submitted) {
        if (batch.hasBegun) store.move(batch, 'began');
        if (batch.state !== 'grace' || batch.schedulerEnding === null) continue;
        const ending = await endAfterGrace(batch, batch.schedulerEnding, settings.times, driver);
        if (ending !== null) store.end(batch, 'grace_over', ending);
      }
    } catch (error) {
      const text = `The job files cannot be read: ${messageOf(error)}.`;
      polling.failed({ kind: 'refused', text });
    }
  }
}
