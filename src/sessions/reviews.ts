import { CodedError } from '../contract/errors.ts';
import type { ReviewChange, ReviewLine } from '../contract/review.ts';
import { asCoded } from '../pipeline/faults.ts';
import type { Context } from './context.ts';
import type { Session } from './session.ts';
import { tablesAreOld } from './tables/tables.ts';
import { note } from './timeline.ts';

/** Decisions on so many movies at once stand in the timeline too. */
const WORTH_A_LINE = 2;

/** Fills the ledger with the decisions that lie with the session: the last line on a movie counts. */
export async function loadReviews(context: Context, session: Session): Promise<void> {
  const { values, damaged } = await session.reviews.read();
  if (damaged > 0)
    context.logger.warn({ session: session.key, damaged }, 'lines of reviews.jsonl cannot be read');
  context.ledger.transaction(() => {
    context.ledger.reviews.clear(session.id);
    for (const line of values) context.ledger.reviews.take(session.id, line);
  });
}

/**
 * Decides on movies: durable before it counts. Returns how many.
 * @throws CodedError NO_SUCH_MOVIE where one is unknown (then nothing is changed), DISK_FULL, OUTPUT_NOT_WRITABLE
 */
export async function review(
  context: Context,
  session: Session,
  bases: readonly string[],
  change: ReviewChange,
  by: string,
): Promise<number> {
  const { ledger, clock, announcer } = context;
  const unknown = bases.find((base) => ledger.movies.byBase(session.id, base) === null);
  if (unknown !== undefined) throw new CodedError('NO_SUCH_MOVIE', '', { field: 'bases', found: unknown });
  if (bases.length === 0 || (change.verdict === undefined && change.comment === undefined)) return 0;
  const line: ReviewLine = { at: new Date(clock.wallMs()).toISOString(), by, bases: [...bases], ...change };
  try {
    await session.reviews.append(line);
  } catch (error) {
    throw asCoded(error);
  }
  ledger.transaction(() => ledger.reviews.take(session.id, line));
  if (change.verdict !== undefined) tablesAreOld(context, session);
  if (bases.length >= WORTH_A_LINE) note(context, session, 'reviewed', by, sentence(line));
  announcer.movies(session, bases);
  return bases.length;
}

function sentence({ bases, verdict, note: why }: ReviewLine): string {
  const what = verdict === undefined ? 'commented on' : (verdict ?? 'taken back');
  return `${bases.length} movies ${what}${why ? ` (${why})` : ''}.`;
}
