import { messageOf } from '../../base/errors.ts';
import type { Core } from './core.ts';
import { endAfterGrace } from './grace.ts';
import { reportedEndings } from './outcomes.ts';

/**
 * Reads the files that the jobs themselves write: which have begun, which have ended, which have heartbeats.
 */
export class JobFileReader {
  private readonly core: Core;
  private last: Promise<void> = Promise.resolve();
  private count = 0;

  constructor(core: Core) {
    this.core = core;
  }

  get isReading(): boolean {
    return this.count > 0;
  }

  /** One at a time: each caller gets a reading that began after its call. Never rejects. */
  read(): Promise<void> {
    this.count++;
    this.last = this.last
      .then(() => this.readOnce())
      .finally(() => {
        this.count--;
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
        if (batch.state !== 'grace' || batch.verdict === null) continue;
        const ending = await endAfterGrace(batch, batch.verdict, settings.times, driver);
        if (ending !== null) store.end(batch, 'grace_over', ending);
      }
    } catch (error) {
      const text = `The job files cannot be read: ${messageOf(error)}.`;
      polling.failed({ kind: 'refused', text });
    }
  }
}
