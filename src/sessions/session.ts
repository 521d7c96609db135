import { Mutex } from '../base/mutex.ts';
import type { SessionKey } from '../contract/api.ts';
import type { Context } from './context.ts';
import { RawState } from './discovery/raw-state.ts';
import { GainVotes } from './gain/gain-votes.ts';
import { Lifecycle } from './lifecycle/lifecycle.ts';
import { Timeline } from './lifecycle/timeline.ts';
import { UnreadableFiles } from './loading/unreadable-files.ts';
import { pathsOf, type SessionPaths } from './names.ts';
import { Ownership } from './ownership/ownership.ts';
import { UnreadableRecords } from './results/unreadable-records.ts';
import { Reviews } from './review/reviews.ts';
import { ExecutorWarnings } from './scheduler/executor-warnings.ts';
import { FailureSeries } from './scheduler/failure-series.ts';
import { HoldOffs } from './scheduler/hold-offs.ts';
import { LostWork } from './scheduler/lost-work.ts';
import type { SessionRef } from './session-ref.ts';

/**
 * A session in memory, made up of parts. Each part has private state, which is changed only through its
 * methods. All state can be rebuilt from the ledger and the disk.
 */
export class Session implements SessionRef {
  readonly id: number;
  readonly key: SessionKey;
  readonly paths: SessionPaths;
  /** Start, stop, resume, trials and submissions run one at a time. */
  readonly mutex = new Mutex();
  readonly owner: Ownership;
  readonly timeline: Timeline;
  readonly lifecycle: Lifecycle;
  readonly raw: RawState;
  readonly holdOffs: HoldOffs;
  readonly failures = new FailureSeries();
  readonly lostWork: LostWork;
  readonly executorWarnings: ExecutorWarnings;
  readonly gainVotes: GainVotes;
  readonly reviews: Reviews;
  readonly unreadableRecords = new UnreadableRecords();
  readonly unreadableFiles = new UnreadableFiles();

  /** @param id - of its row in the ledger */
  constructor(context: Context, id: number, key: SessionKey) {
    this.id = id;
    this.key = key;
    this.paths = pathsOf(context.settings.sessionDir, key);
    const ref: SessionRef = { id, key, paths: this.paths };
    this.owner = new Ownership(context, ref);
    this.timeline = new Timeline(context, ref, this.owner);
    this.lifecycle = new Lifecycle(context, ref, this.timeline);
    this.raw = new RawState(context.clock);
    this.holdOffs = new HoldOffs(context.clock);
    this.lostWork = new LostWork(context.clock, this.timeline);
    this.executorWarnings = new ExecutorWarnings(context, ref);
    this.gainVotes = new GainVotes(context, ref);
    this.reviews = new Reviews(context, ref, this.timeline);
  }
}
