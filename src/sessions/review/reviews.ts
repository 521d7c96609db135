import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { isMissingFile } from '../../base/missing-file.ts';
import { CodedError } from '../../contract/errors.ts';
import { type ReviewChange, type ReviewLine, reviewLineSchema } from '../../contract/review.ts';
import { asCodedError } from '../../pipeline/coded-errors.ts';
import type { Context } from '../context.ts';
import { JsonLines } from '../lifecycle/json-lines.ts';
import type { Timeline } from '../lifecycle/timeline.ts';
import type { SessionRef } from '../session-ref.ts';

/** Decisions on at least this number of movies at once are also recorded in the timeline. */
const MIN_TIMELINE_MOVIES = 2;

/** Reviews of the movies of a session: `processed/reviews.jsonl`, with the ledger as its index. */
export class Reviews {
  private readonly context: Context;
  private readonly session: SessionRef;
  private readonly timeline: Timeline;
  private readonly file: JsonLines<typeof reviewLineSchema>;
  /** Why the file, or a part of it, cannot be read; null if all of it can be read. */
  private readError: string | null = null;

  constructor(context: Context, session: SessionRef, timeline: Timeline) {
    this.context = context;
    this.session = session;
    this.timeline = timeline;
    this.file = new JsonLines(
      session.paths.root,
      join(session.paths.processed, 'reviews.jsonl'),
      reviewLineSchema,
    );
  }

  get warnings(): readonly string[] {
    return this.readError === null ? [] : [this.readError];
  }

  /**
   * Fills the ledger with the reviews on the disk; the last line for each movie counts. If the file cannot be
   * read, the reviews in the ledger are kept, and the session has a warning.
   */
  async load(): Promise<void> {
    const { ledger, logger } = this.context;
    const { key, id } = this.session;
    const content = await this.file.read().catch((error: unknown) => {
      logger.warn({ session: key, error }, 'reviews.jsonl cannot be read');
      this.readError = `processed/reviews.jsonl cannot be read: ${messageOf(error)}`;
      return null;
    });
    if (content === null) return;
    const { values, damaged } = content;
    const lines = damaged === 1 ? '1 line' : `${damaged} lines`;
    this.readError = damaged > 0 ? `${lines} of processed/reviews.jsonl cannot be read.` : null;
    if (damaged > 0) logger.warn({ session: key, damaged }, 'lines of reviews.jsonl cannot be read');
    ledger.transaction(() => {
      ledger.reviews.clear(id);
      for (const line of values) ledger.reviews.apply(id, line);
    });
  }

  /**
   * Stores decisions on movies: on the disk first, then in the ledger. Returns the number of movies.
   * @throws CodedError NO_SUCH_MOVIE if a movie is unknown (then nothing is changed), WRONG_STATE before the
   * first movie has been processed, DISK_FULL, OUTPUT_NOT_WRITABLE
   */
  async decide(bases: readonly string[], change: ReviewChange, by: string): Promise<number> {
    const { ledger, clock, bus } = this.context;
    const { id } = this.session;
    const unknownBase = bases.find((base) => ledger.movies.byBase(id, base) === null);
    if (unknownBase !== undefined)
      throw new CodedError('NO_SUCH_MOVIE', '', { field: 'bases', found: unknownBase });
    if (bases.length === 0 || (change.verdict === undefined && change.comment === undefined)) return 0;
    const at = new Date(clock.wallMs()).toISOString();
    const line: ReviewLine = { at, by, bases: [...bases], ...change };
    try {
      await this.file.append(line);
    } catch (error) {
      // The folder of outputs is created when the first movie is processed.
      if (isMissingFile(error))
        throw new CodedError(
          'WRONG_STATE',
          'No movie has been processed yet, so there is nothing to review.',
        );
      throw asCodedError(error);
    }
    ledger.transaction(() => ledger.reviews.apply(id, line));
    if (change.verdict !== undefined) bus.emit('decisionsChanged', this.session);
    if (bases.length >= MIN_TIMELINE_MOVIES) this.timeline.note('reviewed', by, timelineText(line));
    bus.emit('moviesChanged', this.session, bases);
    return bases.length;
  }
}

function timelineText({ bases, verdict, note }: ReviewLine): string {
  const action = verdict === undefined ? 'commented on' : (verdict ?? 'reset to undecided');
  return `${bases.length} movies ${action}${note ? ` (${note})` : ''}.`;
}
