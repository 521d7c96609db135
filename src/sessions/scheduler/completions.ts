import type { Ending } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import type { BatchesInFlight, BatchInFlight } from './batches-in-flight.ts';
import type { BatchCompletion } from './complete-batch.ts';
import type { SessionGuard } from './guard.ts';
import { removeUnfinished } from './remove-unfinished.ts';

const CANCELLED: Ending = {
  how: 'cancelled',
  exitCode: null,
  signal: null,
  detail: 'The session was stopped or its parameters changed.',
};

/** Detects which batches have ended, from callbacks of the executors and by polling, and completes them. */
export class Completions {
  private readonly context: Context;
  private readonly inFlight: BatchesInFlight;
  private readonly completion: BatchCompletion;
  private readonly trials: Trials;
  private readonly guard: SessionGuard;
  private readonly endings = new Map<string, Ending>();
  private nextPollMs = 0;

  constructor(
    context: Context,
    inFlight: BatchesInFlight,
    parts: { completion: BatchCompletion; trials: Trials; guard: SessionGuard },
  ) {
    this.context = context;
    this.inFlight = inFlight;
    this.completion = parts.completion;
    this.trials = parts.trials;
    this.guard = parts.guard;
    context.executors.onEnded((token, ending) => {
      this.endings.set(token, ending);
      context.bus.emit('workAvailable');
    });
  }

  /** Whether the next call to `poll` will poll the executors. */
  get isPollDue(): boolean {
    return this.context.clock.monotonicMs() >= this.nextPollMs;
  }

  async poll(): Promise<void> {
    const { clock, tuning, executors } = this.context;
    if (this.isPollDue) {
      this.nextPollMs = clock.monotonicMs() + tuning.pollMs;
      const statuses = await executors.poll(this.inFlight.all().map((batch) => batch.handle));
      for (const [token, status] of statuses)
        if (status.state === 'ended') this.endings.set(token, status.ending);
    }
    for (const [token, ending] of this.endings) {
      const batch = this.inFlight.find(token);
      if (batch?.session.mutex.isBusy) continue; // the holder of the session's mutex completes its batches
      this.endings.delete(token);
      if (!batch) continue;
      // A session whose files do not respond must not occupy slots that others can use.
      this.inFlight.onWorkersEnded(token);
      await this.guard.run(batch.session, () => this.complete(batch, ending));
    }
  }

  /**
   * Cancels the running batches of a session; their movies return to waiting. Resolves when none is running.
   */
  async cancel(session: Session): Promise<void> {
    const batches = this.inFlight.ofSession(session);
    if (batches.length > 0) await this.context.executors.cancel(batches.map((batch) => batch.handle));
    for (const batch of batches) {
      this.endings.delete(batch.token);
      this.inFlight.onWorkersEnded(batch.token);
      await this.complete(batch, CANCELLED);
    }
    await removeUnfinished(this.context, session, (token) => this.inFlight.has(token));
  }

  private complete(batch: BatchInFlight, ending: Ending): Promise<void> {
    return batch.kind === 'trial'
      ? this.trials.handleEnding(batch, ending)
      : this.completion.complete(batch.token, ending);
  }
}
