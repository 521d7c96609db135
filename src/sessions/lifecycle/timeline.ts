import { join } from 'node:path';
import { isPipeOrDevice } from '../../base/below.ts';
import { messageOf } from '../../base/errors.ts';
import { FileCallStuck } from '../../base/file-calls.ts';
import { type TimelineEntry, timelineEntrySchema } from '../../contract/review.ts';
import type { Context } from '../context.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { SessionRef } from '../session-ref.ts';
import { JsonLines } from './json-lines.ts';

/** Actor of events that no user caused. */
export const SERVICE = 'service';

/** Hundreds of thousands of entries; a larger file would delay the start of the service. */
const MAX_BYTES = 32 * 1024 * 1024;

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
  /** Why the file, or a part of it, cannot be read; null if all of it can be read. */
  private readError: string | null = null;

  constructor(context: Context, session: SessionRef, owner: Ownership) {
    this.context = context;
    this.session = session;
    this.owner = owner;
    this.file = new JsonLines(
      session.paths.root,
      join(session.paths.workflow, 'timeline.jsonl'),
      timelineEntrySchema,
      MAX_BYTES,
    );
  }

  get warnings(): readonly string[] {
    return this.readError === null ? [] : [this.readError];
  }

  /** Reads the file, so that the session has a warning if it is damaged. */
  async load(): Promise<void> {
    try {
      const damaged = await this.withReadWarning(
        this.file.readEach(() => undefined),
        0,
      );
      const lines = damaged === 1 ? '1 line' : `${damaged} lines`;
      if (damaged > 0) this.readError = `${lines} of workflow/timeline.jsonl cannot be read.`;
    } catch (error) {
      this.context.logger.warn({ session: this.session.key, error }, 'timeline.jsonl cannot be read');
    }
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
    return this.withReadWarning(this.file.newest(limit), []);
  }

  /**
   * Sets the warning if a read fails. If the files do not respond, the session has a warning already. A pipe
   * at the path of the file is treated as an empty file.
   */
  private async withReadWarning<Value>(reading: Promise<Value>, empty: Value): Promise<Value> {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof FileCallStuck))
        this.readError = `workflow/timeline.jsonl cannot be read: ${messageOf(error)}`;
      if (isPipeOrDevice(error)) return empty;
      throw error;
    }
  }
}
