import type { LiveConnection } from './connection.ts';
import { Observable, type Readable } from './observable.ts';

/** The live connection of the view on the screen; there is only one at a time. */
export class LiveConnections {
  readonly #current = new Observable<LiveConnection | null>(null);
  readonly #openedCount = new Observable(0);

  get current(): Readable<LiveConnection | null> {
    return this.#current;
  }

  /** Number of live connections opened so far: after each, images that failed to load are requested again. */
  get openedCount(): Readable<number> {
    return this.#openedCount;
  }

  countOpened = (): void => this.#openedCount.set(this.#openedCount.get() + 1);

  /** @returns a function to call when the view leaves the screen */
  show(connection: LiveConnection): () => void {
    this.#current.set(connection);
    return () => this.#current.set(null);
  }
}
