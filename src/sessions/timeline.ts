import type { TimelineEntry } from '../contract/review.ts';
import type { Context } from './context.ts';
import type { Session } from './session.ts';

/** Who it is that does what nobody asked for. */
export const SERVICE = 'service';

/**
 * Notes what happened to a session, in `workflow/timeline.jsonl`. Nothing is noted before the first start: until then
 * the session's folder is the microscope's alone. A line that cannot be written is logged; the work goes on.
 */
export function note(
  context: Context,
  session: Session,
  what: TimelineEntry['what'],
  by: string,
  text: string | null,
): void {
  if (session.start === null) return;
  const at = new Date(context.clock.wallMs()).toISOString();
  session.timeline
    .append({ at, what, by, note: text })
    .catch((error) =>
      context.logger.warn({ session: session.key, error }, 'the timeline of a session cannot be written'),
    );
}

/** What happened, newest first. */
export async function timelineOf(session: Session, limit: number): Promise<TimelineEntry[]> {
  const { values } = await session.timeline.read();
  return values.slice(-limit).reverse();
}
