/** A map with at most `maxSize` entries: adding one more removes the oldest. */
export class BoundedMap<Key, Value> {
  private readonly entries = new Map<Key, Value>();
  private readonly maxSize: number;

  /** @param maxSize - 1 or more */
  constructor(maxSize: number) {
    this.maxSize = maxSize;
  }

  get size(): number {
    return this.entries.size;
  }

  has(key: Key): boolean {
    return this.entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.entries.get(key);
  }

  /** Like `get`, but also makes the entry the newest. */
  use(key: Key): Value | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) this.renew(key, value);
    return value;
  }

  /** An existing key keeps its age; see `renew`. */
  set(key: Key, value: Value): void {
    this.entries.set(key, value);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.maxSize) break;
      this.entries.delete(oldest);
    }
  }

  /** Like `set`, but always makes the entry the newest. */
  renew(key: Key, value: Value): void {
    this.entries.delete(key);
    this.set(key, value);
  }

  delete(key: Key): boolean {
    return this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }

  /** Oldest first. */
  keys(): MapIterator<Key> {
    return this.entries.keys();
  }
}
