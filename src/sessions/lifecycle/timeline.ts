import { join } from 'node:path';
import { isPipeOrDevice } from '../../base/below.ts';
import { messageOf } from '../../base/errors.ts';
import { FileCallStuck } from '../../base/file-lanes.ts';
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
  /** Why the file cannot be read, or not completely; null if it can. */
  private fault: string | null = null;

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

  get warnings(): readonly string[] {
    return this.fault === null ? [] : [this.fault];
  }

  /** Reads the file, so that the session has a warning if it is damaged. */
  async load(): Promise<void> {
    await this.read().catch((error: unknown) => {
      this.context.logger.warn({ session: this.session.key, error }, 'timeline.jsonl cannot be read');
    });
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
  async newest(limit: number): Promise<TimelineEntry[]> {
    return (await this.read()).slice(-limit).reverse();
  }

  /** All entries that can be read, oldest first. A pipe in place of the file is treated as an empty file. */
  private async read(): Promise<TimelineEntry[]> {
    try {
      const { values, damaged } = await this.file.read();
      const lines = damaged === 1 ? '1 line' : `${damaged} lines`;
      this.fault = damaged > 0 ? `${lines} of workflow/timeline.jsonl cannot be read.` : null;
      return values;
    } catch (error) {
      // If its files do not respond, the session has a warning already.
      if (!(error instanceof FileCallStuck))
        this.fault = `workflow/timeline.jsonl cannot be read: ${messageOf(error)}`;
      if (isPipeOrDevice(error)) return [];
      throw error;
    }
  }
}
