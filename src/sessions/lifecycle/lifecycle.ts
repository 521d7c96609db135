import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { fileCall } from '../../base/file-calls.ts';
import { exists } from '../../base/missing-file.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { TimelineEntry } from '../../contract/review.ts';
import type { SessionState } from '../../contract/states.ts';
import type { Context } from '../context.ts';
import { currentStepHashes } from '../current-hashes.ts';
import type { FileNameFilter } from '../discovery/patterns.ts';
import { hashesText } from '../ledger/rows.ts';
import type { SessionRef } from '../session-ref.ts';
import { isActive, nextState, type SessionSignal } from './machine.ts';
import { parseStart, readStartFile, type StartFile, startText, writeStartFile } from './start-file.ts';
import { SERVICE, type Timeline } from './timeline.ts';

/** Transitions that are recorded in the timeline; commands of users are recorded by the commands. */
const TIMELINE_EVENTS: Partial<Record<SessionSignal, TimelineEntry['what']>> = {
  all_settled: 'completed',
  continued: 'continued',
  failed: 'failed',
  recovered: 'recovered',
};

/** First character of a start in the ledger: whether the same start is also on the disk. */
const ON_DISK = '+';
const NOT_ON_DISK = '-';
const STOP_NOT_WRITTEN =
  'The last stop could not be written to workflow/session.json and is in the ledger only. Check the disk and its permissions.';
const START_FROM_LEDGER =
  'The last start was taken from the ledger: start or resume the session to write the file again.';

/**
 * The state of a session and its reason, its last start, and the step hashes that a valid result must have.
 * The start in memory is the one on the disk or, if that was lost or could not be written, the one in the
 * ledger. The state in memory is the one in the ledger.
 */
export class Lifecycle {
  private readonly context: Context;
  private readonly session: SessionRef;
  private readonly timeline: Timeline;
  private currentState: SessionState = 'unknown';
  private currentReason: string | null = null;
  private lastStart: StartFile | null = null;
  private requiredHashes: string | null = null;
  /** What is wrong with `workflow/session.json`; null: nothing. A new start replaces the file. */
  private startRecordError: string | null = null;

  constructor(context: Context, session: SessionRef, timeline: Timeline) {
    this.context = context;
    this.session = session;
    this.timeline = timeline;
  }

  get state(): SessionState {
    return this.currentState;
  }

  get reason(): string | null {
    return this.currentReason;
  }

  /** The last start; null before the first. */
  get start(): StartFile | null {
    return this.lastStart;
  }

  /** Step hashes of the recipe in the form of `hashesText`; null before the first start. */
  get hashes(): string | null {
    return this.requiredHashes;
  }

  /** Whether a user has started the session and not stopped it since. */
  get isProcessingRequested(): boolean {
    return this.lastStart?.wanted === 'running';
  }

  /** Whether the scheduler may submit movies of the session. */
  get maySubmit(): boolean {
    return this.isProcessingRequested && isActive(this.currentState);
  }

  get parameters(): Partial<ParameterValues> {
    return this.lastStart?.parameters ?? {};
  }

  get fileNameFilter(): FileNameFilter {
    return fileNameFilterOf(this.parameters);
  }

  /** Gain reference and defect map of the last start; they are not movies. */
  get references(): string[] {
    const { gain = null, defectMapPath = null } = this.lastStart?.recipe ?? {};
    return [gain?.path ?? null, defectMapPath].filter((path) => path !== null);
  }

  get warnings(): readonly string[] {
    const damaged = this.startRecordError === null ? [] : [this.startRecordError];
    return [...damaged, ...(this.lastStart?.warnings ?? [])];
  }

  /** Loads the state from the ledger and the disk. */
  async restore(): Promise<void> {
    const row = this.context.ledger.sessions.get(this.session.id);
    this.currentState = row.state;
    this.currentReason = row.reason;
    const stored = this.context.ledger.getMeta(this.startKey);
    const isOnDisk = stored === null || stored.startsWith(ON_DISK);
    if (isOnDisk) await this.reread();
    if (this.lastStart !== null || stored === null) return;
    const start = parseStart(stored.slice(ON_DISK.length));
    if (start !== null && (await this.isSameDirectory())) {
      const problem = this.startRecordError ?? 'workflow/session.json is missing.';
      this.startRecordError = isOnDisk ? `${problem} ${START_FROM_LEDGER}` : STOP_NOT_WRITTEN;
      await this.applyStart(start);
    } else if (!isOnDisk) await this.reread();
  }

  /** Loads the start from the disk. If it cannot be read, there is a warning. */
  async reread(): Promise<void> {
    try {
      const start = await readStartFile(this.session.paths.workflow);
      this.startRecordError = null;
      await this.applyStart(start);
      if (start !== null) this.storeInLedger(start, true);
    } catch (error) {
      this.startRecordError = `workflow/session.json cannot be read: ${messageOf(error)}`;
      this.context.logger.warn({ session: this.session.key, error }, 'the last start cannot be read');
    }
  }

  /**
   * Writes a start, then uses it. Its step hashes are required of results only after `setRequiredHashes`.
   * @throws CodedError DISK_FULL, OUTPUT_NOT_WRITABLE
   */
  async setStart(start: StartFile): Promise<void> {
    await writeStartFile(this.session.paths.workflow, start);
    this.startRecordError = null;
    this.storeInLedger(start, true);
    this.setCurrent(start);
  }

  /** Stores the stop on the disk and in the ledger; only in the ledger if the disk is full. */
  async setStopped(): Promise<void> {
    if (this.lastStart === null) return;
    const changedAt = new Date(this.context.clock.wallMs()).toISOString();
    const start: StartFile = { ...this.lastStart, wanted: 'stopped', changedAt };
    this.setCurrent(start);
    let isOnDisk = true;
    try {
      await writeStartFile(this.session.paths.workflow, start);
      this.startRecordError = null;
    } catch (error) {
      isOnDisk = false;
      this.startRecordError = STOP_NOT_WRITTEN;
      this.context.logger.warn({ session: this.session.key, error }, 'a stop cannot be written');
    }
    this.storeInLedger(start, isOnDisk);
  }

  /**
   * Sets the step hashes that valid results must have; finished movies with other hashes return to waiting.
   * @returns the number of these movies
   */
  setRequiredHashes(hashes: string): number {
    const { ledger, settings } = this.context;
    const requeued = ledger.transaction(() => {
      const count = ledger.movies.requeueOutdated(this.session.id, hashes, settings.retry.attempts);
      ledger.setMeta(this.requeuedKey, hashes);
      return count;
    });
    this.requiredHashes = hashes;
    return requeued;
  }

  /** Whether finished movies with outdated hashes have already been set to waiting again. */
  get hasRequeuedOutdated(): boolean {
    return this.context.ledger.getMeta(this.requeuedKey) === this.requiredHashes;
  }

  /** Looks up the transition for an event, records the new state and emits it. */
  signal(what: SessionSignal, reason: string | null = null): void {
    const from = this.currentState;
    const to = nextState(from, what);
    if (to === from && reason === this.currentReason) return;
    if (to === from && what !== 'started' && what !== 'failed') return;
    const level = what === 'failed' ? 'warn' : 'info';
    this.context.logger[level]({ session: this.session.key, from, to, what, reason }, 'session state');
    // If this fails, the next round repeats the transition.
    this.context.ledger.sessions.setState(this.session.id, to, reason);
    this.currentState = to;
    this.currentReason = reason;
    this.context.bus.emit('sessionChanged', this.session);
    const event = TIMELINE_EVENTS[what];
    if (event !== undefined) this.timeline.note(event, SERVICE, reason);
  }

  /** Uses a start that was made earlier. */
  private async applyStart(start: StartFile | null): Promise<void> {
    if (start !== null) this.requiredHashes = hashesText(await currentStepHashes(start.recipe));
    this.setCurrent(start);
  }

  private setCurrent(start: StartFile | null): void {
    this.lastStart = start;
    if (start !== null) this.timeline.begin();
  }

  private storeInLedger(start: StartFile, isOnDisk: boolean): void {
    const { ledger } = this.context;
    const text = `${isOnDisk ? ON_DISK : NOT_ON_DISK}${startText(start)}`;
    // Usually it is already there: sessions are loaded more often than they are started.
    if (ledger.getMeta(this.startKey) !== text) ledger.setMeta(this.startKey, text);
  }

  /**
   * False if the directory contains neither outputs nor the oldest movie: it then belongs to another session
   * of the same name.
   */
  private async isSameDirectory(): Promise<boolean> {
    const { root, raw, processed } = this.session.paths;
    const [oldest] = this.context.ledger.movies.firstPaths(this.session.id, 1);
    const isThere = (path: string) => fileCall(root, path, () => exists(path));
    return (await isThere(processed)) || (oldest !== undefined && (await isThere(join(raw, oldest))));
  }

  private get startKey(): string {
    return `start of ${this.session.id}`;
  }

  private get requeuedKey(): string {
    return `done for ${this.session.id}`;
  }
}

export const fileNameFilterOf = (values: Partial<ParameterValues>): FileNameFilter => ({
  prefix: values.basename_prefix,
  suffix: values.basename_suffix,
  extension: values.basename_extension,
});
