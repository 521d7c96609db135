import { z } from 'zod';

/** What a person decided of a movie. Kept in `processed/reviews.jsonl`, one line per decision; the last line counts. */
export const VERDICTS = ['accepted', 'rejected'] as const;
export const verdictSchema = z.enum(VERDICTS);

export const LONGEST_COMMENT = 2000;
/** Movies that one request may decide on. */
export const MOST_REVIEWED = 100_000;

/** What is left out stays as it was; null takes it back. */
export const reviewChangeSchema = z.object({
  verdict: verdictSchema.nullable().optional(),
  comment: z.string().max(LONGEST_COMMENT).nullable().optional(),
  /** Why, where many are decided on at once: such as the threshold. */
  note: z.string().max(LONGEST_COMMENT).optional(),
});

export const reviewLineSchema = reviewChangeSchema.extend({
  at: z.iso.datetime(),
  by: z.string(),
  bases: z.array(z.string()),
});

/** One line of `workflow/timeline.jsonl`: what happened to a session, when, and by whom. */
export const timelineEntrySchema = z.object({
  at: z.iso.datetime(),
  what: z.enum([
    'started',
    'stopped',
    'resumed',
    'changed',
    'retried',
    'reviewed',
    'completed',
    'continued',
    'failed',
    'recovered',
  ]),
  by: z.string().describe('a person as far as known, or "service"'),
  note: z.string().nullable(),
});
export const timelineSchema = z.array(timelineEntrySchema);

export type Verdict = z.infer<typeof verdictSchema>;
export type ReviewChange = z.infer<typeof reviewChangeSchema>;
export type ReviewLine = z.infer<typeof reviewLineSchema>;
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
