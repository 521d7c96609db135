/** Tasks of the discovery thread other than the scan of a session; ids of sessions are positive. */
export const IDLE = 0;
export const LISTING = -1;

const TASK = 0;
const STEP = 1;
const FIELDS = 2;

/**
 * Shared memory in which the discovery thread shows what it is doing, and that it makes progress. The thread
 * cannot send this in messages, because its calls on files are synchronous and may hang.
 */
export class Activity {
  readonly memory: SharedArrayBuffer;
  private readonly fields: Int32Array;

  constructor(memory = new SharedArrayBuffer(FIELDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.fields = new Int32Array(memory);
  }

  /** The id of a session, LISTING or IDLE. */
  get task(): number {
    return Atomics.load(this.fields, TASK);
  }

  /** Changes with each step of the thread. */
  get step(): number {
    return Atomics.load(this.fields, STEP);
  }

  begin(task: number): void {
    Atomics.store(this.fields, TASK, task);
    this.advance();
  }

  advance(): void {
    Atomics.add(this.fields, STEP, 1);
  }
}
