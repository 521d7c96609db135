/** A `Date` header has whole seconds, and responses take some time: smaller differences are ignored. */
const TOLERANCE_MS = 3000;

/**
 * The service's clock, from the `Date` headers of its responses. Ages on the screen use it instead of the
 * viewer's clock.
 */
export class ServiceClock {
  #offsetMs = 0;

  /** @param date - `Date` header of a response */
  setFromHeader = (date: string | null): void => {
    const offsetMs = Date.parse(date ?? '') - Date.now();
    if (Number.isFinite(offsetMs)) this.#offsetMs = Math.abs(offsetMs) > TOLERANCE_MS ? offsetMs : 0;
  };

  /** Epoch ms. */
  now = (): number => Date.now() + this.#offsetMs;
}
