import { Mutex as AsyncMutex } from 'async-mutex';

/** Lets one piece of work at a time pass, in the order of asking. A failure goes to its caller alone. */
export class Mutex {
  private readonly lock = new AsyncMutex();

  /** True while work runs or waits. */
  get isBusy(): boolean {
    return this.lock.isLocked();
  }

  run<Value>(work: () => Promise<Value>): Promise<Value> {
    return this.lock.runExclusive(work);
  }
}
