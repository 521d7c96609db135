import { ERRORS } from '../../contract/errors.ts';
import { asCodedError } from '../../pipeline/coded-errors.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { awaitDisk } from './disk.ts';

/** Delay after an unexpected error of a session, so that a permanent error does not fill the log. */
const ERROR_HOLD_MS = 5000;
/** The same error in the same session is logged again after this time. */
const SAME_ERROR_MS = 600_000;

/** Prevents an error in one session from affecting other sessions. */
export class SessionGuard {
  private readonly context: Context;
  private readonly loggedErrors = new Map<number, { message: string; untilMs: number }>();

  constructor(context: Context) {
    this.context = context;
  }

  async run(session: Session, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const coded = asCodedError(error);
      this.logOnce(session, error, coded.message);
      if (ERRORS[coded.code].cause === 'disk') awaitDisk(this.context, session, coded.code, coded.message);
      else session.holdOffs.holdFor(ERROR_HOLD_MS);
    }
  }

  /** Logs a permanent error, which occurs in every round, only once in a while. */
  private logOnce(session: Session, error: unknown, message: string): void {
    const { clock, logger } = this.context;
    const last = this.loggedErrors.get(session.id);
    if (last?.message === message && clock.monotonicMs() < last.untilMs) return;
    this.loggedErrors.set(session.id, { message, untilMs: clock.monotonicMs() + SAME_ERROR_MS });
    logger.error({ session: session.key, error }, 'work on a session failed');
  }
}
