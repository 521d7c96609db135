import type { SessionKey } from '../../../src/contract/api.ts';
import type { ReviewChange, Verdict } from '../../../src/contract/review.ts';
import { call } from '../api/client.ts';
import { keyText, sessionPath } from '../api/paths.ts';
import { noticeRefusal, queryClient } from '../api/queries.ts';
import type { SeriesStore } from '../data/series-store.ts';
import { Observable } from './observable.ts';

/** Decisions that can be undone, newest last. */
const MOST_UNDONE = 200;

interface Decision {
  /** Movies by the verdict that they had before. */
  readonly before: ReadonlyMap<Verdict | null, readonly string[]>;
}

export interface DeskListener {
  store(): SeriesStore;
  changed(): void;
}

/**
 * What people decide of movies: shown at once, sent in the order of deciding, taken back where the service refuses.
 * `undo` gives the movies of the last decision the verdicts that they had before it.
 */
export class ReviewDesk {
  /** How many decisions can be undone. */
  readonly undoable = new Observable(0);
  /** The last refusal; views tell it. */
  readonly refused = new Observable<unknown>(null);
  readonly #key: SessionKey;
  readonly #listener: DeskListener;
  readonly #done: Decision[] = [];
  #tail: Promise<void> = Promise.resolve();

  constructor(key: SessionKey, listener: DeskListener) {
    this.#key = key;
    this.#listener = listener;
  }

  decide(bases: readonly string[], verdict: Verdict | null, note?: string): void {
    if (bases.length === 0) return;
    const before = this.#verdictsOf(bases);
    this.#done.push({ before });
    if (this.#done.length > MOST_UNDONE) this.#done.shift();
    this.#send(bases, { verdict, ...(note === undefined ? {} : { note }) }, before);
  }

  /** The movies that it was about; none where nothing is left to undo. */
  undo(): readonly string[] {
    const last = this.#done.pop();
    if (last === undefined) return [];
    for (const [verdict, bases] of last.before) this.#send(bases, { verdict }, this.#verdictsOf(bases));
    return [...last.before.values()].flat();
  }

  comment(base: string, comment: string): Promise<void> {
    return this.#post([base], { comment: comment.trim() === '' ? null : comment.trim() });
  }

  #verdictsOf(bases: readonly string[]): Map<Verdict | null, string[]> {
    const store = this.#listener.store();
    const before = new Map<Verdict | null, string[]>();
    for (const base of bases) {
      const index = store.indexOf(base);
      const verdict = index === undefined ? null : store.verdict(index);
      const alike = before.get(verdict);
      if (alike) alike.push(base);
      else before.set(verdict, [base]);
    }
    return before;
  }

  #send(
    bases: readonly string[],
    change: ReviewChange & { verdict: Verdict | null },
    before: Decision['before'],
  ): void {
    this.#show(bases, change.verdict);
    this.#post(bases, change).catch((error) => {
      for (const [verdict, alike] of before) this.#show(alike, verdict);
      noticeRefusal(error);
      this.refused.set(error);
    });
  }

  #show(bases: readonly string[], verdict: Verdict | null): void {
    this.#listener.store().setVerdict(bases, verdict);
    this.undoable.set(this.#done.length);
    this.#listener.changed();
  }

  #post(bases: readonly string[], change: ReviewChange): Promise<void> {
    const sent = this.#tail.then(async () => {
      await call(`${sessionPath(this.#key)}/reviews`, { method: 'POST', body: { bases, ...change } });
      const name = keyText(this.#key);
      const touched = new Set(bases);
      void queryClient.invalidateQueries({
        predicate: ({ queryKey: [kind, session, base] }) =>
          session === name && (kind === 'failures' || (kind === 'movie' && touched.has(base as string))),
      });
    });
    this.#tail = sent.catch(() => undefined); // the one who asked gets the refusal; the next in line does not
    return sent;
  }
}
