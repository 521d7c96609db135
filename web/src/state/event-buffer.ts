const MIN_GAP_MS = 150;
const MAX_GAP_MS = 2000;
/** Ratio of the time between two deliveries to the duration of the last one. */
const GAP_TO_DURATION = 4;
const HIDDEN_GAP_MS = 1000;

/**
 * Collects items and delivers them together: with an animation frame, at most every `MIN_GAP_MS`, and once a
 * second in a hidden tab (which gets no animation frames, but whose title should change). If rendering takes
 * long, items are delivered less often, so that most of the time is left for input.
 */
export class EventBuffer<T> {
  #items: T[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #frame: number | null = null;
  #lastFlush = 0;
  #gapMs = MIN_GAP_MS;
  readonly #deliver: (items: T[]) => void;

  constructor(deliver: (items: T[]) => void) {
    this.#deliver = deliver;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#timer !== null || this.#frame !== null) return;
    const gap = document.hidden ? HIDDEN_GAP_MS : this.#gapMs;
    const waitMs = Math.max(0, this.#lastFlush + gap - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (document.hidden) this.#flush();
      else this.#frame = requestAnimationFrame(this.#flush);
    }, waitMs);
    // A tab that is hidden while it waits for an animation frame never gets one.
    document.addEventListener('visibilitychange', this.#flush, { once: true });
  }

  /** Drops the collected items. */
  clear(): void {
    this.#items = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#timer = null;
    this.#frame = null;
    document.removeEventListener('visibilitychange', this.#flush);
  }

  #flush = (): void => {
    const items = this.#items;
    this.clear();
    const startMs = performance.now();
    this.#lastFlush = startMs;
    if (items.length === 0) return;
    this.#deliver(items);
    // The task after the next frame starts when views have been rendered and plots have been drawn.
    requestAnimationFrame(() =>
      setTimeout(() => {
        const durationMs = performance.now() - startMs;
        this.#gapMs = Math.min(MAX_GAP_MS, Math.max(MIN_GAP_MS, GAP_TO_DURATION * durationMs));
      }),
    );
  };
}
