import { BoundedMap } from '../../base/bounded-map.ts';
import type { Ending } from '../executor.ts';

/** Number of endings that are kept for `poll`; older ones are in the ledger. */
const MAX_ENDINGS = 10_000;

/** How batches ended. Each ending is reported once, and kept for a while. */
export class Endings {
  private readonly endings = new BoundedMap<string, Ending>(MAX_ENDINGS);
  private readonly listeners: ((token: string, ending: Ending) => void)[] = [];

  find(token: string): Ending | null {
    return this.endings.get(token) ?? null;
  }

  /** Only the first ending of a batch counts. */
  report(token: string, ending: Ending): void {
    if (this.endings.has(token)) return;
    this.endings.set(token, ending);
    for (const listener of this.listeners) listener(token, ending);
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    this.listeners.push(listener);
  }
}

/** An ending without an exit code or a signal. */
export const endingOf = (how: Ending['how'], detail: string): Ending => ({
  how,
  exitCode: null,
  signal: null,
  detail,
});

export const CANCELLED: Ending = endingOf('cancelled', 'The batch was cancelled.');
