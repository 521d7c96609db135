import { z } from 'zod';

/** Session states, with the names that the predecessor used. `no_such_session` is a response, not a state. */
export const SESSION_STATES = [
  'unknown',
  'incomplete_or_empty',
  'needs_processing',
  'processing_start',
  'processing',
  'processing_complete',
  'processing_failure',
] as const;
export const sessionStateSchema = z.enum(SESSION_STATES);
export type SessionState = z.infer<typeof sessionStateSchema>;

/** Movies are being processed, or are about to be. */
export const isInProgress = (state: SessionState): boolean =>
  state === 'processing_start' || state === 'processing';

/** States of a movie in the ledger. `waiting` includes movies whose retry is due later. */
export const MOVIE_STATES = ['arriving', 'waiting', 'queued', 'done', 'failed'] as const;
export const movieStateSchema = z.enum(MOVIE_STATES);
export type MovieState = z.infer<typeof movieStateSchema>;
