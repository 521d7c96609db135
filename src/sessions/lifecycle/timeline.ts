import { join } from 'node:path';
import { isPipeOrDevice } from '../../base/below.ts';
import { unlessMissing } from '../../base/missing-file.ts';
import { type TimelineEntry, timelineEntrySchema } from '../../contract/review.ts';
import type { Context } from '../context.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { SessionRef } from '../session-ref.ts';
import { JsonLines } from './json-lines.ts';

/** Actor of events that no user caused. */
export const SERVICE = 'service';

/**
 * Events of a session and their actors: `workflow/timeline.jsonl`. Nothing is recorded before the first
 * start, because the service does not write to the session's folder until then.
 */
export class Timeline {
  private readonly context: Context;
  private readonly session: SessionRef;
  private readonly owner: Ownership;
  private readonly file: JsonLines<typeof timelineEntrySchema>;
  private hasBegun = false;

  constructor(context: Context, session: SessionRef, owner: Ownership) {
    this.context = context;
    this.session = session;
    this.owner = owner;
    this.file = new JsonLines(
      session.paths.root,
      join(session.paths.workflow, 'timeline.jsonl'),
      timelineEntrySchema,
    );
  }

  /** Called when the session was started: from now on, events are recorded. */
  begin(): void {
    this.hasBegun = true;
  }

  /**
   * Records an event. If it cannot be written, this is logged and processing continues. If another service is
   * processing the session, that service writes the timeline.
   */
  note(what: TimelineEntry['what'], by: string, text: string | null): void {
    if (!this.hasBegun || this.owner.isElsewhere) return;
    const at = new Date(this.context.clock.wallMs()).toISOString();
    this.file
      .append({ at, what, by, note: text })
      .catch((error) =>
        this.context.logger.warn(
          { session: this.session.key, error },
          'the timeline of a session cannot be written',
        ),
      );
  }

  /** Newest first. */
  newest(limit: number): Promise<TimelineEntry[]> {
    return unlessMissing(this.file.newest(limit), [], isPipeOrDevice);
  }
}
