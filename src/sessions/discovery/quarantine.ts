import { mountPointOf } from '../../base/mount-points.ts';
import { LISTING } from './activity.ts';
import type { WatchRequest } from './messages.ts';
import type { DiscoveryThread } from './thread.ts';

interface HungThread {
  readonly thread: DiscoveryThread;
  /** What it does: scans a session, lists all sessions, or handles a request. See `activity.ts`. */
  readonly task: number;
  readonly step: number;
  readonly path: string;
}

/** If this many sessions of one file system hang, its other sessions are not tried either. */
const MAX_HUNG_PER_FILE_SYSTEM = 3;
/** The root file system is never considered hung as a whole, because it is not a mount point of sessions. */
const ROOT = '/';

/** Sessions that are not scanned because a call on their files hangs, and the threads that hang. */
export class Quarantine {
  private hung: HungThread[] = [];
  private readonly deferred = new Set<number>();

  /** @param path - folder that is probably the cause */
  add(thread: DiscoveryThread, path: string): void {
    const { task, step } = thread.activity;
    this.hung.push({ thread, task, step, path });
  }

  get isListingHung(): boolean {
    return this.hung.some(({ task }) => task === LISTING);
  }

  /** Folders whose scan hangs. */
  get paths(): string[] {
    return this.hung.map(({ path }) => path);
  }

  /**
   * Defers the scans of a session if its files hang; `takeReleased` returns its id later.
   * @returns whether they were deferred
   */
  deferIfHung({ id, raw }: WatchRequest): boolean {
    const mustWait = this.hung.some(({ task }) => task === id) || this.isHung(raw);
    if (mustWait) this.deferred.add(id);
    return mustWait;
  }

  /** Whether calls on the files of this folder would hang. */
  isHung(raw: string): boolean {
    const mountPoint = mountPointOf(raw);
    const onMount = this.hung.filter(({ path }) => mountPointOf(path) === mountPoint).length;
    const isMountHung = mountPoint !== ROOT && onMount >= MAX_HUNG_PER_FILE_SYSTEM;
    return isMountHung || this.hung.some(({ path }) => path === raw);
  }

  /** Ends threads whose call has returned. @returns whether there were any */
  endReturned(): boolean {
    const returned = this.hung.filter(({ thread, step }) => thread.activity.step !== step);
    this.hung = this.hung.filter((hungThread) => !returned.includes(hungThread));
    for (const { thread } of returned) void thread.end();
    return returned.length > 0;
  }

  /** Ids of the deferred sessions, without duplicates; they are no longer deferred afterwards. */
  takeReleased(): number[] {
    const ids = [...this.deferred];
    this.deferred.clear();
    return ids;
  }
}
