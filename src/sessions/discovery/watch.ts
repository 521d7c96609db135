import { join } from 'node:path';
import type { Skipped, SkipReason } from '../../contract/skipped.ts';
import { FileClassifier, SkippedFiles, skippedWarnings } from './file-classifier.ts';
import { FileStatuses } from './file-statuses.ts';
import { fingerprintOf } from './fingerprint.ts';
import { GainWatch } from './gain-watch.ts';
import type { FileChange, ScanReport, WatchRequest, WatchTimes } from './messages.ts';
import { kindOf, MOVIE_KIND_COUNT } from './patterns.ts';
import { Tree } from './tree.ts';
import type { Inspection, WatchedFile } from './watched-file.ts';

/**
 * Maximum number of files checked in one quick scan; the rest are checked in the next scan, so that one
 * session does not delay others.
 */
const MAX_CHECKED_FILES = 4000;
/** Maximum duration of the structure checks in a scan. */
const INSPECTION_BUDGET_MS = 200;
/**
 * For this time after it became ready, a movie is checked in every scan, because there may be late writes.
 */
const FRESH_MS = 60_000;
/** Size and time in the report of a file that is not a movie of the session. */
const NO_STATUS = { sizeBytes: 0, mtimeMs: 0 };

/**
 * Watches the movies of one session. A file is first `seen`, and `ready` once it is complete and unchanged
 * for `quietMs`; if it changes after that, it is `seen` again. All durations are measured with the
 * caller's monotonic clock: the times of files are never compared with a clock.
 */
export class SessionWatch {
  readonly request: WatchRequest;
  private readonly times: WatchTimes;
  private readonly inspect: (path: string, root: string) => Promise<Inspection>;
  private readonly monotonicMs: () => number;
  private readonly tree: Tree;
  private readonly gains: GainWatch;
  private readonly files = new Map<string, WatchedFile>();
  private readonly changingPaths = new Set<string>();
  private readonly freshUntilMs = new Map<string, number>();
  private readonly kindCounts: number[] = new Array(MOVIE_KIND_COUNT).fill(0);
  private activeKind = MOVIE_KIND_COUNT;
  private changes: FileChange[] = [];
  private nextScanMs = Number.NEGATIVE_INFINITY;
  private nextFullMs = Number.NEGATIVE_INFINITY;
  private isFirstScan = true;
  /** Files known before the first scan and not yet found in the listing. */
  private readonly unseenPaths = new Set<string>();
  /** Known files that the file name filter of the session now excludes. */
  private readonly excludedByFilter = new Set<string>();
  private readonly classifier: FileClassifier;
  private readonly skipped = new SkippedFiles();
  private readonly statuses: FileStatuses;

  constructor(
    request: WatchRequest,
    times: WatchTimes,
    inspect: (path: string, root: string) => Promise<Inspection>,
    monotonicMs: () => number,
  ) {
    this.request = request;
    this.times = times;
    this.inspect = inspect;
    this.monotonicMs = monotonicMs;
    const isComplete = async (path: string) => (await inspect(path, request.root)).complete;
    this.gains = new GainWatch(request.raw, times.quietMs, isComplete);
    this.statuses = new FileStatuses(request.raw);
    this.classifier = new FileClassifier(request.raw, request);
    this.tree = new Tree(request, {
      onFound: (path, name) => this.handleFound(path, name),
      onRemoved: (path) => this.handleRemoved(path),
      onRefused: (path, reason, isFolder) =>
        this.skip(path, this.classifier.refusalReasonOf(path, reason, isFolder)),
      isMovieName: (name) => kindOf(name, request.fileNameFilter) !== null,
    });
    for (const file of request.known) this.add(file.path, file.sizeBytes, file.mtimeMs, file.isSettled, true);
  }

  /** Whether files are changing, so that the next scan is due soon. */
  get isBusy(): boolean {
    return this.changingPaths.size > 0;
  }

  /** Runs the kind of scan that is due. Returns the changes since the last scan. */
  async scan(): Promise<ScanReport> {
    const now = this.monotonicMs();
    const isFull = now >= this.nextFullMs;
    const isAll = isFull || now >= this.nextScanMs;
    const problem = this.tree.scan(now, isFull ? 'full' : isAll ? 'all' : 'quick');
    if (isAll) this.nextScanMs = now + this.times.scanMs;
    if (problem === null) {
      if (isFull) this.refreshAll(now);
      else if (isAll) this.refreshFreshFiles(now);
      if (this.isFirstScan) this.removeUnseen();
      this.isFirstScan = false;
      this.chooseKind();
      await this.checkChangingFiles();
    }
    const gains = problem === null ? await this.gains.scan(this.monotonicMs()) : [];
    const changes = this.changes;
    this.changes = [];
    const skipped = this.allSkipped();
    const movies = this.kindCounts[this.activeKind] ?? 0;
    const warnings = [
      ...this.tree.warnings,
      ...this.statuses.warnings,
      ...(problem === null ? skippedWarnings(skipped, movies) : []),
    ];
    return { id: this.request.id, problem, warnings, changes, gains, skipped };
  }

  private add(path: string, sizeBytes: number, mtimeMs: number, isSettled: boolean, isKnown: boolean): void {
    const kind = this.classifier.kindOf(path);
    if (kind === null) {
      if (isKnown)
        this.report(this.classifier.isReference(path) ? 'excluded' : 'vanished', path, {
          sizeBytes,
          mtimeMs,
        });
      if (isKnown) this.excludedByFilter.add(path);
      return;
    }
    const nowMs = this.monotonicMs();
    this.changeCount(kind, 1);
    this.files.set(path, {
      kind,
      isBacklog: this.isFirstScan,
      sizeBytes,
      mtimeMs,
      unchangedSinceMs: nowMs,
      nextInspectionMs: nowMs,
      isSettled,
      isReported: isKnown,
      isWithdrawn: false,
    });
    if (isKnown) this.unseenPaths.add(path);
    if (!isSettled) this.changingPaths.add(path);
  }

  private changeCount(kind: number, difference: number): void {
    this.kindCounts[kind] = (this.kindCounts[kind] ?? 0) + difference;
  }

  private handleFound(path: string, name: string): void {
    this.unseenPaths.delete(path);
    this.gains.addFile(path, name);
    this.skip(path, this.classifier.skipReasonOf(path));
    if (this.files.has(path) || this.classifier.kindOf(path) === null) return;
    const status = this.statuses.statusOf(path);
    if (status !== undefined) this.add(path, status?.size ?? 0, status?.mtimeMs ?? 0, false, false);
  }

  private skip(path: string, reason: SkipReason | null): void {
    if (reason === null) return;
    this.skipped.set(path, reason);
    if (this.excludedByFilter.has(path)) this.changes.push({ ...NO_STATUS, kind: 'withdrawn', path, reason });
  }

  private handleRemoved(path: string): void {
    this.skipped.delete(path);
    if (this.excludedByFilter.delete(path)) this.report('vanished', path, NO_STATUS);
    this.forget(path);
  }

  private forget(path: string): void {
    const file = this.files.get(path);
    if (!file) return;
    this.files.delete(path);
    this.changingPaths.delete(path);
    this.freshUntilMs.delete(path);
    this.statuses.forget(path);
    this.changeCount(file.kind, -1);
    if (file.isReported || file.isWithdrawn) this.report('vanished', path, file);
  }

  private removeUnseen(): void {
    for (const path of this.unseenPaths) this.forget(path);
    this.unseenPaths.clear();
  }

  /** Uses the movies of the lowest existing kind. If this kind changes, movies are withdrawn or added. */
  private chooseKind(): void {
    const kind = this.kindCounts.findIndex((count) => count > 0);
    if (kind === this.activeKind || kind < 0) return;
    this.activeKind = kind;
    for (const [path, file] of this.files) {
      if (file.kind === kind) {
        if (!file.isReported && !file.isSettled) this.changingPaths.add(path);
      } else if (file.isReported) {
        const { sizeBytes, mtimeMs } = file;
        this.changes.push({ kind: 'withdrawn', path, sizeBytes, mtimeMs, reason: 'other_kind' });
        file.isWithdrawn = true;
        file.isReported = false;
        file.isSettled = false;
      }
    }
  }

  private report(kind: FileChange['kind'], path: string, file: { sizeBytes: number; mtimeMs: number }): void {
    this.changes.push({ kind, path, sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs });
  }

  /** Includes movies whose kind is not the active one. */
  private allSkipped(): Skipped[] {
    const otherCount = this.kindCounts.reduce(
      (sum, count, kind) => sum + (kind === this.activeKind ? 0 : count),
      0,
    );
    if (otherCount === 0) return this.skipped.all();
    return [...this.skipped.all(), { reason: 'other_kind', count: otherCount, example: this.otherExample() }];
  }

  private otherExample(): string {
    for (const [path, { kind }] of this.files) if (kind !== this.activeKind) return path;
    return '';
  }

  /** Checks size and time. @returns false if the file no longer exists or has changed */
  private refresh(path: string): boolean {
    const file = this.files.get(path);
    if (!file) return false;
    const status = this.statuses.statusOf(path);
    if (!status) {
      if (status === undefined) this.handleRemoved(path);
      return false;
    }
    if (status.size === file.sizeBytes && status.mtimeMs === file.mtimeMs) return true;
    const now = this.monotonicMs();
    Object.assign(file, {
      sizeBytes: status.size,
      mtimeMs: status.mtimeMs,
      unchangedSinceMs: now,
      nextInspectionMs: now,
    });
    if (file.isSettled) {
      file.isSettled = false;
      if (file.isReported) this.report('seen', path, file);
      this.changingPaths.add(path);
      this.freshUntilMs.delete(path);
    }
    return false;
  }

  private refreshAll(now: number): void {
    this.nextFullMs = now + this.times.fullMs;
    for (const path of this.files.keys()) this.refresh(path);
  }

  private refreshFreshFiles(now: number): void {
    for (const [path, until] of this.freshUntilMs) {
      if (now > until) this.freshUntilMs.delete(path);
      else this.refresh(path);
    }
  }

  private async checkChangingFiles(): Promise<void> {
    const deadline = this.monotonicMs() + INSPECTION_BUDGET_MS;
    let remaining = Math.min(this.changingPaths.size, MAX_CHECKED_FILES);
    for (const path of this.changingPaths) {
      // The file is moved to the end of the queue (a set keeps the order of insertion) and waits for the next
      // scan.
      if (remaining-- === 0 || this.monotonicMs() > deadline) break;
      this.changingPaths.delete(path);
      if (await this.checkFile(path)) continue;
      if (this.files.has(path)) this.changingPaths.add(path);
    }
  }

  /** Reports a changing file that is new or ready. @returns whether it needs no further checks */
  private async checkFile(path: string): Promise<boolean> {
    const file = this.files.get(path);
    if (!file || file.kind !== this.activeKind) return true;
    if (!file.isReported) {
      file.isReported = true;
      const { isBacklog, sizeBytes, mtimeMs } = file;
      this.changes.push({ kind: 'seen', path, sizeBytes, mtimeMs, isBacklog });
    }
    if (!this.refresh(path)) return false;
    const unchangedMs = this.monotonicMs() - file.unchangedSinceMs;
    if (unchangedMs < this.times.quietMs || this.monotonicMs() < file.nextInspectionMs) return false;
    const inspection = await this.inspect(join(this.request.raw, path), this.request.root);
    if (!this.refresh(path)) return false;
    const isFinal =
      inspection.complete || !inspection.mayBecomeComplete || unchangedMs >= this.times.incompleteTimeoutMs;
    if (!isFinal) {
      file.nextInspectionMs = this.monotonicMs() + Math.max(1000, this.times.quietMs);
      return false;
    }
    file.isSettled = true;
    this.freshUntilMs.set(path, this.monotonicMs() + FRESH_MS);
    const { sizeBytes, mtimeMs } = file;
    const fingerprint = await fingerprintOf(join(this.request.raw, path), sizeBytes, this.request);
    this.changes.push({ kind: 'ready', path, sizeBytes, mtimeMs, fingerprint });
    return true;
  }
}
