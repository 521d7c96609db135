/** A `Date` header has whole seconds, and answers take a moment: smaller differences are ignored. */
const TOLERANCE_MS = 3000;

/**
 * The service's clock, from the `Date` headers of its answers. Ages on screen use it, not the viewer's clock.
 */
export class ServiceClock {
  #aheadMs = 0;

  /** @param date - `Date` header of an answer */
  note = (date: string | null): void => {
    const aheadMs = Date.parse(date ?? '') - Date.now();
    if (Number.isFinite(aheadMs)) this.#aheadMs = Math.abs(aheadMs) > TOLERANCE_MS ? aheadMs : 0;
  };

  /** Epoch ms. */
  now = (): number => Date.now() + this.#aheadMs;
}
