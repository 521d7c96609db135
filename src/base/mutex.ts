import { Mutex as AsyncMutex } from 'async-mutex';

/**
 * Runs one task at a time, in the order of the calls. An error is reported only to the caller of that task.
 */
export class Mutex {
  private readonly lock = new AsyncMutex();

  /** True while a task runs or waits. */
  get isBusy(): boolean {
    return this.lock.isLocked();
  }

  run<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.lock.runExclusive(work);
  }
}
