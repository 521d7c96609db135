import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';

/** Problems that executors report for a session's batches; shown with the session until they are resolved. */
export class ExecutorWarnings {
  private readonly context: Context;
  private readonly session: SessionRef;
  private current: readonly string[] = [];

  constructor(context: Context, session: SessionRef) {
    this.context = context;
    this.session = session;
  }

  get all(): readonly string[] {
    return this.current;
  }

  replace(warnings: readonly string[]): void {
    if (warnings.join('\n') === this.current.join('\n')) return;
    this.current = warnings;
    for (const warning of warnings) this.context.logger.warn({ session: this.session.key }, warning);
    this.context.bus.emit('sessionChanged', this.session);
  }
}
