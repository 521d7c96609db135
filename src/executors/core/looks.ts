import { messageOf } from '../../base/errors.ts';
import type { Core } from './core.ts';
import { endAfterGrace } from './grace.ts';
import { toldEnds } from './outcomes.ts';

/** Looks at what the jobs themselves have written: which have begun, which have ended, which give signs of life. */
export class Looks {
  private readonly core: Core;
  private last: Promise<void> = Promise.resolve();
  private count = 0;

  constructor(core: Core) {
    this.core = core;
  }

  get isLooking(): boolean {
    return this.count > 0;
  }

  /** One at a time: whoever asks gets a look that began after the question. Never rejects. */
  look(): Promise<void> {
    this.count++;
    this.last = this.last
      .then(() => this.lookOnce())
      .finally(() => {
        this.count--;
      });
    return this.last;
  }

  async settled(): Promise<void> {
    await this.last;
  }

  private async lookOnce(): Promise<void> {
    const { book, driver, settings, polling } = this.core;
    try {
      const submitted = book.grouped().filter(({ state }) => state !== 'waiting');
      for (const { batch, ending } of await toldEnds(submitted, driver.title))
        book.end(batch, 'told', ending);
      for (const batch of submitted) {
        if (batch.hasBegun) book.move(batch, 'began');
        if (batch.state !== 'grace' || batch.verdict === null) continue;
        const ending = await endAfterGrace(batch, batch.verdict, settings.times, driver);
        if (ending !== null) book.end(batch, 'grace_over', ending);
      }
    } catch (error) {
      const text = `What jobs have written cannot be read: ${messageOf(error)}.`;
      polling.failed({ kind: 'refused', text });
    }
  }
}
