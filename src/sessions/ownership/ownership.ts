import { errorCodeOf, messageOf } from '../../base/errors.ts';
import { Mutex } from '../../base/mutex.ts';
import { CodedError } from '../../contract/errors.ts';
import { asCoded } from '../../pipeline/faults.ts';
import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';
import { hasSurelyEnded } from './identity.ts';
import {
  createMark,
  markIn,
  type OwnerMark,
  readMark,
  removeMark,
  replaceMark,
  textOf,
} from './owner-mark.ts';

/**
 * Which service processes a session. Two services may have the same session directory; only the one whose
 * mark is in `workflow/owner.json` submits batches, accepts commands and writes or removes files there. The
 * other one only shows results. A mark is taken over only if its service has certainly ended or had no
 * heartbeat for the duration of a lease.
 */
export class Ownership {
  private readonly context: Context;
  private readonly session: SessionRef;
  private readonly mutex = new Mutex();
  /** Our mark as last written, and when; null: the session is not ours. */
  private ours: { readonly mark: OwnerMark; readonly text: string; readonly writtenMs: number } | null = null;
  /** The mark of another service, and since when it is the same. */
  private other: { readonly text: string; readonly mark: OwnerMark | null; readonly sinceMs: number } | null =
    null;
  private isOther = false;

  constructor(context: Context, session: SessionRef) {
    this.context = context;
    this.session = session;
  }

  get isOurs(): boolean {
    return this.ours !== null;
  }

  /** Another service is processing it. */
  get isElsewhere(): boolean {
    return this.isOther;
  }

  get warnings(): readonly string[] {
    return this.isOther ? [`${this.who()} This service shows it read-only.`] : [];
  }

  /**
   * Checks whether another service is processing the session. @throws LinkRefused; the file system's error
   */
  look(): Promise<boolean> {
    return this.mutex.run(async () => {
      if (this.ours === null) this.judge(await readMark(this.session.paths.workflow));
      return this.isOther;
    });
  }

  /**
   * Makes the session ours, unless another service is processing it.
   * @returns whether it is ours
   * @throws CodedError DISK_FULL, OUTPUT_NOT_WRITABLE; LinkRefused
   */
  claim(): Promise<boolean> {
    return this.mutex.run(async () => {
      if (this.ours !== null && !this.isBeatLate()) return true;
      try {
        return this.ours === null ? await this.take() : await this.renew();
      } catch (error) {
        throw asCoded(error);
      }
    });
  }

  /** As `claim`. @throws CodedError OWNED_ELSEWHERE as well */
  async demand(): Promise<void> {
    if (!(await this.claim())) this.refuse();
  }

  /** For work that must continue even if nothing can be written. @throws CodedError OWNED_ELSEWHERE */
  async demandNotElsewhere(): Promise<void> {
    if (await this.look()) this.refuse();
  }

  /** Writes a heartbeat. A mark that is no longer ours, or cannot be written for long, ends the ownership. */
  beat(): Promise<void> {
    return this.mutex.run(async () => {
      if (this.ours === null) return;
      try {
        await this.renew();
      } catch (error) {
        const { key } = this.session;
        this.context.logger.warn(
          { session: key, error: messageOf(error) },
          'the mark of the owner cannot be written',
        );
        if (this.ours !== null && this.ageMs(this.ours.writtenMs) >= this.context.tuning.ownerLeaseMs)
          this.ours = null;
      }
    });
  }

  /** Releases it for other services. */
  release(): Promise<void> {
    return this.mutex.run(async () => {
      const { ours } = this;
      this.ours = null;
      if (ours === null) return;
      try {
        await removeMark(this.session.paths.workflow, ours.text);
      } catch (error) {
        // Without heartbeats it counts as abandoned.
        if (errorCodeOf(error) !== 'ENOENT')
          this.context.logger.warn(
            { session: this.session.key, error },
            'the mark of the owner cannot be removed',
          );
      }
    });
  }

  private async take(): Promise<boolean> {
    const { workflow } = this.session.paths;
    const text = await readMark(workflow);
    if (this.judge(text)) return false;
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
    const own = textOf(mark);
    if (!(await createMark(workflow, own))) {
      this.judge(await readMark(workflow));
      return false;
    }
    this.ours = { mark, text: own, writtenMs: clock.monotonicMs() };
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
        'another service has taken this session over, or its mark was removed',
      );
      this.ours = null;
      return this.take();
    }
    const mark = { ...ours.mark, beat: ours.mark.beat + 1 };
    const next = textOf(mark);
    await replaceMark(workflow, next);
    this.ours = { mark, text: next, writtenMs: context.clock.monotonicMs() };
    return true;
  }

  /**
   * What the text of a mark means for a session that is not ours.
   * @returns whether another service is processing it
   */
  private judge(text: string | null): boolean {
    const nowMs = this.context.clock.monotonicMs();
    if (text === null) this.other = null;
    else if (this.other?.text !== text) this.other = { text, mark: markIn(text), sinceMs: nowMs };
    const was = this.isOther;
    this.isOther = this.other !== null && !this.isLeft(this.other);
    if (was !== this.isOther) this.context.bus.emit('sessionChanged', this.session);
    return this.isOther;
  }

  private isLeft({ mark, sinceMs }: NonNullable<Ownership['other']>): boolean {
    if (mark !== null && hasSurelyEnded(mark, this.context.identity)) return true;
    return this.ageMs(sinceMs) >= this.context.tuning.ownerLeaseMs;
  }

  /** This process was suspended for long: another service may have taken over meanwhile. */
  private isBeatLate(): boolean {
    return this.ours !== null && this.ageMs(this.ours.writtenMs) >= this.context.tuning.ownerLeaseMs / 2;
  }

  private ageMs(sinceMs: number): number {
    return this.context.clock.monotonicMs() - sinceMs;
  }

  private refuse(): never {
    throw new CodedError('OWNED_ELSEWHERE', this.who());
  }

  private who(): string {
    const mark = this.other?.mark ?? null;
    if (mark === null)
      return 'The file workflow/owner.json cannot be read, and may be that of another service.';
    const { host, pid, stateDir, since } = mark;
    return `The service on ${host} (process ${pid}, state directory ${stateDir}) has been processing this session since ${since}.`;
  }
}
