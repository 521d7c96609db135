/**
 * Calls `send` for a key at once, but at most once per `intervalMs`: changes within the interval are sent
 * together at its end, so that the last change is never lost.
 */
export class Coalescer<Key> {
  private readonly intervalMs: number;
  private readonly send: (key: Key) => void;
  private readonly timers = new Map<Key, { timer: NodeJS.Timeout; hasChanged: boolean }>();

  constructor(intervalMs: number, send: (key: Key) => void) {
    this.intervalMs = intervalMs;
    this.send = send;
  }

  touch(key: Key): void {
    const pending = this.timers.get(key);
    if (pending) {
      pending.hasChanged = true;
      return;
    }
    const entry = { timer: setTimeout(() => this.end(key), this.intervalMs), hasChanged: false };
    this.timers.set(key, entry);
    this.send(key);
  }

  close(): void {
    for (const { timer } of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private end(key: Key): void {
    const hasChanged = this.timers.get(key)?.hasChanged;
    this.timers.delete(key);
    if (hasChanged) this.touch(key);
  }
}
