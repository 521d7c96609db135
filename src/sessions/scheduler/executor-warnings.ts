import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';

/** Problems that executors report for a session's batches; shown with the session until they are resolved. */
export class ExecutorWarnings {
  private readonly context: Context;
  private readonly session: SessionRef;
  private currentWarnings: readonly string[] = [];

  constructor(context: Context, session: SessionRef) {
    this.context = context;
    this.session = session;
  }

  get all(): readonly string[] {
    return this.currentWarnings;
  }

  replace(warnings: readonly string[]): void {
    if (warnings.join('\n') === this.currentWarnings.join('\n')) return;
    this.currentWarnings = warnings;
    for (const warning of warnings) this.context.logger.warn({ session: this.session.key }, warning);
    this.context.bus.emit('sessionChanged', this.session);
  }
}
