import { z } from 'zod';

/** Review of a movie, stored in `processed/reviews.jsonl`: one line per decision, the last line applies. */
export const VERDICTS = ['accepted', 'rejected'] as const;
export const verdictSchema = z.enum(VERDICTS);

export const MAX_COMMENT_LENGTH = 2000;
/** Maximum number of movies in a request. */
export const MAX_REVIEWED_MOVIES = 100_000;

/** An omitted field is unchanged; null removes it. */
export const reviewChangeSchema = z.object({
  verdict: verdictSchema.nullable().optional(),
  comment: z.string().max(MAX_COMMENT_LENGTH).nullable().optional(),
  /** Reason for a decision on many movies, such as the threshold. */
  note: z.string().max(MAX_COMMENT_LENGTH).optional(),
});

export const reviewLineSchema = reviewChangeSchema.extend({
  at: z.iso.datetime(),
  by: z.string(),
  bases: z.array(z.string()),
});

/** One line of `workflow/timeline.jsonl`: what happened to a session, when, and who did it. */
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
    'lost',
  ]),
  by: z.string().describe('a user, if known, or "service"'),
  note: z.string().nullable(),
});
export const timelineSchema = z.array(timelineEntrySchema);

export type Verdict = z.infer<typeof verdictSchema>;
export type ReviewChange = z.infer<typeof reviewChangeSchema>;
export type ReviewLine = z.infer<typeof reviewLineSchema>;
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;
