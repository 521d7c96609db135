import { errorCodeOf, messageOf } from '../../base/errors.ts';
import { FileCallStuck } from '../../base/file-calls.ts';
import { Mutex } from '../../base/mutex.ts';
import { CodedError } from '../../contract/errors.ts';
import { asCodedError } from '../../pipeline/coded-errors.ts';
import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';
import { hasCertainlyEnded } from './identity.ts';
import {
  createMark,
  type OwnerMark,
  parseMark,
  readMark,
  removeMark,
  replaceMark,
  textOf,
} from './owner-mark.ts';

/**
 * Which service processes a session. Several services may use the same session directory; only the service
 * whose mark is in `workflow/owner.json` submits batches, accepts commands and writes or removes files there.
 * Other services only show results. A service takes over a session only if the owner has certainly ended, or
 * has written no heartbeat for the duration of a lease.
 */
export class Ownership {
  private readonly context: Context;
  private readonly session: SessionRef;
  private readonly mutex = new Mutex();
  /** The mark of this service as last written, and when; null: this service is not the owner. */
  private ours: { readonly mark: OwnerMark; readonly text: string; readonly writtenMs: number } | null = null;
  /** The mark of another service, and the time since which it has not changed. */
  private other: { readonly text: string; readonly mark: OwnerMark | null; readonly sinceMs: number } | null =
    null;
  private hasOtherOwner = false;

  constructor(context: Context, session: SessionRef) {
    this.context = context;
    this.session = session;
  }

  get isOurs(): boolean {
    return this.ours !== null;
  }

  /** Whether another service was processing the session when this was last checked. */
  get isElsewhere(): boolean {
    return this.hasOtherOwner;
  }

  get warnings(): readonly string[] {
    return this.hasOtherOwner ? [`${this.ownerText()} This service shows the session read-only.`] : [];
  }

  /**
   * Checks whether another service is processing the session. @throws LinkRefused; the file system's error
   */
  isOwnedElsewhere(): Promise<boolean> {
    return this.mutex.run(async () => {
      if (this.ours === null) this.updateOther(await readMark(this.session.paths.workflow));
      return this.hasOtherOwner;
    });
  }

  /**
   * Makes this service the owner, unless another service is processing the session.
   * @returns whether this service is the owner
   * @throws CodedError DISK_FULL, OUTPUT_NOT_WRITABLE; LinkRefused
   */
  claim(): Promise<boolean> {
    return this.mutex.run(async () => {
      if (this.ours !== null && !this.isBeatLate()) return true;
      try {
        return this.ours === null ? await this.acquire() : await this.renew();
      } catch (error) {
        throw asCodedError(error);
      }
    });
  }

  /** Like `claim`. @throws also CodedError OWNED_ELSEWHERE */
  async claimOrThrow(): Promise<void> {
    if (!(await this.claim())) this.refuse();
  }

  /** For commands that must work even if nothing can be written. @throws CodedError OWNED_ELSEWHERE */
  async assertNotOwnedElsewhere(): Promise<void> {
    if (await this.isOwnedElsewhere()) this.refuse();
  }

  /**
   * Writes a heartbeat. Ownership ends if the mark was replaced, or cannot be written for the
   * duration of a lease.
   */
  beat(): Promise<void> {
    return this.mutex.run(async () => {
      if (this.ours === null) return;
      try {
        await this.renew();
      } catch (error) {
        const { key } = this.session;
        // If its files do not respond, the session has a warning.
        if (!(error instanceof FileCallStuck))
          this.context.logger.warn(
            { session: key, error: messageOf(error) },
            'workflow/owner.json cannot be written',
          );
        if (this.ours !== null && this.ageMs(this.ours.writtenMs) >= this.context.tuning.ownerLeaseMs)
          this.ours = null;
      }
    });
  }

  /** Releases the session for other services. */
  release(): Promise<void> {
    return this.mutex.run(async () => {
      const { ours } = this;
      this.ours = null;
      if (ours === null) return;
      try {
        await removeMark(this.session.paths.workflow, ours.text);
      } catch (error) {
        // A mark without heartbeats counts as abandoned.
        if (errorCodeOf(error) !== 'ENOENT')
          this.context.logger.warn(
            { session: this.session.key, error },
            'workflow/owner.json cannot be removed',
          );
      }
    });
  }

  private async acquire(): Promise<boolean> {
    const { workflow } = this.session.paths;
    const text = await readMark(workflow);
    if (this.updateOther(text)) return false;
    if (text !== null) {
      this.context.logger.warn(
        { session: this.session.key, left: text },
        'a session is taken over from a service that has ended',
      );
      await removeMark(workflow, text);
    }
    const { clock, identity } = this.context;
    const since = new Date(clock.wallMs()).toISOString();
    const mark: OwnerMark = { version: 1, ...identity, since, beat: 0 };
    const markText = textOf(mark);
    if (!(await createMark(workflow, markText))) {
      this.updateOther(await readMark(workflow));
      return false;
    }
    this.ours = { mark, text: markText, writtenMs: clock.monotonicMs() };
    this.other = null;
    return true;
  }

  private async renew(): Promise<boolean> {
    const { ours, session, context } = this;
    if (ours === null) return false;
    const { workflow } = session.paths;
    const text = await readMark(workflow);
    if (text !== ours.text) {
      context.logger.error(
        { session: session.key, found: text },
        'another service has taken over this session, or workflow/owner.json was removed',
      );
      this.ours = null;
      return this.acquire();
    }
    const mark = { ...ours.mark, beat: ours.mark.beat + 1 };
    const next = textOf(mark);
    await replaceMark(workflow, next);
    this.ours = { mark, text: next, writtenMs: context.clock.monotonicMs() };
    return true;
  }

  /**
   * Determines the owner from the text of a mark, for a session that this service does not own.
   * @returns whether another service is processing the session
   */
  private updateOther(text: string | null): boolean {
    const nowMs = this.context.clock.monotonicMs();
    if (text === null) this.other = null;
    else if (this.other?.text !== text) this.other = { text, mark: parseMark(text), sinceMs: nowMs };
    const hadOtherOwner = this.hasOtherOwner;
    this.hasOtherOwner = this.other !== null && !this.isAbandoned(this.other);
    if (hadOtherOwner !== this.hasOtherOwner) this.context.bus.emit('sessionChanged', this.session);
    return this.hasOtherOwner;
  }

  private isAbandoned({ mark, sinceMs }: NonNullable<Ownership['other']>): boolean {
    if (mark !== null && hasCertainlyEnded(mark, this.context.identity)) return true;
    return this.ageMs(sinceMs) >= this.context.tuning.ownerLeaseMs;
  }

  /** Whether this process was suspended so long that another service may have taken over the session. */
  private isBeatLate(): boolean {
    return this.ours !== null && this.ageMs(this.ours.writtenMs) >= this.context.tuning.ownerLeaseMs / 2;
  }

  private ageMs(sinceMs: number): number {
    return this.context.clock.monotonicMs() - sinceMs;
  }

  private refuse(): never {
    throw new CodedError('OWNED_ELSEWHERE', this.ownerText());
  }

  private ownerText(): string {
    const mark = this.other?.mark ?? null;
    if (mark === null)
      return 'The file workflow/owner.json cannot be read, and may have been written by another service.';
    const { host, pid, stateDir, since } = mark;
    return `The service on ${host} (process ${pid}, state directory ${stateDir}) has been processing this session since ${since}.`;
  }
}
