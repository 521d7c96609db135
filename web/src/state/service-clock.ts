/** A `Date` header has whole seconds, and responses take some time: smaller differences are ignored. */
const TOLERANCE_MS = 3000;

/**
 * The service's clock, from the `Date` headers of its responses. Ages on the screen use it instead of the
 * viewer's clock.
 */
export class ServiceClock {
  #aheadMs = 0;

  /** @param date - `Date` header of a response */
  note = (date: string | null): void => {
    const aheadMs = Date.parse(date ?? '') - Date.now();
    if (Number.isFinite(aheadMs)) this.#aheadMs = Math.abs(aheadMs) > TOLERANCE_MS ? aheadMs : 0;
  };

  /** Epoch ms. */
  now = (): number => Date.now() + this.#aheadMs;
}
