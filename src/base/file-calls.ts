import { systemClock } from './clock.ts';
import { mountPointOf } from './mount-points.ts';

/**
 * A call on a file that does not respond, because of a dead file server for example, occupies a thread of
 * Node.js for as long as it hangs. So every call on the files of a session has a time limit, and takes a slot
 * in each of two pools of fixed size: that of the session and that of its file system. When the calls in all
 * slots of a pool hang, further calls are refused at once, until one of them returns. Threads are left for
 * other pools, because `bin/cryoem` gives Node.js many of them (UV_THREADPOOL_SIZE).
 */
const SESSION_SLOTS = 4;
const FILE_SYSTEM_SLOTS = 16;

/** A file system that needs longer for one call is not usable. */
const DEFAULT_LIMIT_MS = 15_000;
/** Limit for a sync: it also waits for the data of other programs on the same disk. */
export const SYNC_LIMIT_MS = 60_000;
/** Limit while another call of the same session or mount hangs, so that further hanging calls end soon. */
const PROBE_LIMIT_MS = 2000;
/** Slowest file system that is still usable for large files. */
const MIN_BYTES_PER_SECOND = 1_000_000;

/** Sessions on the root file system share a disk, not a file server: a hung call there affects no others. */
const ROOT = '/';

/** A file system does not respond. `code` is that of the operating system for a file server that hangs. */
export class FileCallStuck extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(path: string) {
    super(`${path} does not respond (file system ${mountPointOf(path)}).`);
    this.name = 'FileCallStuck';
  }
}

/** A call that is running and has exceeded its limit. */
interface StuckCall {
  /** The folder of the session. */
  readonly top: string;
  readonly path: string;
  readonly mountPoint: string;
  readonly sinceMs: number;
}

/** Slots for calls. A slot is occupied until its call has returned, even if the caller has given up. */
class CallPool {
  private running = 0;
  private stuck = 0;
  private readonly waiting: { start(): void; refuse(): void }[] = [];
  private readonly slots: number;

  constructor(slots: number) {
    this.slots = slots;
  }

  get hasStuckCalls(): boolean {
    return this.stuck > 0;
  }

  get isIdle(): boolean {
    return this.running === 0 && this.waiting.length === 0;
  }

  /** @returns whether a slot was acquired; false: the calls in all slots hang */
  acquire(): Promise<boolean> | boolean {
    if (this.stuck >= this.slots) return false;
    if (this.running < this.slots) {
      this.running++;
      return true;
    }
    return new Promise((resolve) => {
      this.waiting.push({ start: () => resolve(true), refuse: () => resolve(false) });
    });
  }

  release(): void {
    const next = this.waiting.shift();
    if (next) next.start();
    else this.running--;
  }

  addStuckCall(): void {
    this.stuck++;
    if (this.stuck >= this.slots) for (const { refuse } of this.waiting.splice(0)) refuse();
  }

  removeStuckCall(): void {
    this.stuck--;
  }
}

const sessions = new Map<string, CallPool>();
const fileSystems = new Map<string, CallPool>();
const stuck = new Set<StuckCall>();

/** Calls that hang at the moment. */
export const stuckCalls = (): StuckCall[] => [...stuck];

export interface FileCallOptions<Value> {
  /** For a call that reads or writes many bytes: the limit grows with them. */
  readonly bytes?: number;
  readonly limitMs?: number;
  /** Called with the result if it arrives after the limit, such as a file to close. */
  readonly discard?: (value: Value) => unknown;
}

/**
 * Runs one call on a file, with a slot in the pools of its session and of its file system.
 * @param top - folder of the session
 * @throws FileCallStuck; the error of the call
 */
export async function fileCall<Value>(
  top: string,
  path: string,
  work: () => Promise<Value>,
  options: FileCallOptions<Value> = {},
): Promise<Value> {
  const mountPoint = mountPointOf(top);
  // A slot is acquired immediately after its pool is looked up, because an idle pool is removed from its map.
  const session = poolOf(sessions, top, SESSION_SLOTS);
  if (!(await session.acquire())) throw new FileCallStuck(path);
  const fileSystem = poolOf(fileSystems, mountPoint, FILE_SYSTEM_SLOTS);
  if (!(await fileSystem.acquire())) {
    session.release();
    throw new FileCallStuck(path);
  }
  const pools = [session, fileSystem];
  const release = () => {
    for (const pool of pools) pool.release();
    if (session.isIdle) sessions.delete(top);
    if (fileSystem.isIdle) fileSystems.delete(mountPoint);
  };
  const limitMs = limitOf(
    options,
    session.hasStuckCalls || (mountPoint !== ROOT && fileSystem.hasStuckCalls),
  );
  const call = { top, path, mountPoint, sinceMs: systemClock.monotonicMs() };
  return runWithLimit(call, work, { limitMs, discard: options.discard }, pools, release);
}

/**
 * Closes a file. If a pool refuses the call, the file is closed nevertheless, so that it does not stay open
 * for ever, but nobody waits until it is closed.
 * @throws FileCallStuck; the error of the call
 */
export async function closeFile(top: string, path: string, file: { close(): Promise<void> }): Promise<void> {
  try {
    await fileCall(top, path, () => file.close());
  } catch (error) {
    // A file handle closes only once: a call that hangs is not repeated.
    if (error instanceof FileCallStuck) void file.close().catch(() => undefined);
    throw error;
  }
}

function limitOf(
  { limitMs = DEFAULT_LIMIT_MS, bytes = 0 }: { limitMs?: number; bytes?: number },
  hasStuckCalls: boolean,
): number {
  return hasStuckCalls ? Math.min(limitMs, PROBE_LIMIT_MS) : limitMs + (1000 * bytes) / MIN_BYTES_PER_SECOND;
}

function poolOf(pools: Map<string, CallPool>, key: string, slots: number): CallPool {
  let pool = pools.get(key);
  if (!pool) {
    pool = new CallPool(slots);
    pools.set(key, pool);
  }
  return pool;
}

/** @param release - called when the call has returned */
function runWithLimit<Value>(
  call: StuckCall,
  work: () => Promise<Value>,
  { limitMs, discard }: { limitMs: number; discard: FileCallOptions<Value>['discard'] },
  pools: readonly CallPool[],
  release: () => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    let hasEnded = false;
    const giveUp = () => {
      if (hasEnded) return;
      isLate = true;
      stuck.add(call);
      for (const pool of pools) pool.addStuckCall();
      reject(new FileCallStuck(call.path));
    };
    // If this process was suspended, results that arrived during that time are handled first.
    const timer = setTimeout(() => setImmediate(giveUp), limitMs);
    const end = () => {
      hasEnded = true;
      clearTimeout(timer);
      if (isLate) for (const pool of pools) pool.removeStuckCall();
      stuck.delete(call);
      release();
    };
    work().then(
      (value) => {
        end();
        if (isLate) void Promise.resolve(discard?.(value)).catch(() => undefined);
        else resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}
