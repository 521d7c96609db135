import type { ResultRecord } from '../contract/record.ts';
import { gainWarnings } from '../engine/gain-orientation/warning.ts';
import type { Session } from './session.ts';

/**
 * Takes what a movie says of its gain as what is true of the session: one that contradicts the setting is told before many
 * movies are spent, and one that agrees takes the warning back. Thin evidence changes nothing.
 */
export function noteGainCheck(session: Session, { gainCheck }: Pick<ResultRecord, 'gainCheck'>): void {
  if (!gainCheck || gainCheck.verdict === 'thin') return;
  const warnings = gainWarnings(gainCheck);
  // The part of the pattern differs from movie to movie: the first wording stays while the advice is the same.
  if (adviceOf(warnings) !== adviceOf(session.gainWarnings)) session.gainWarnings = warnings;
}

const adviceOf = (warnings: readonly string[]) => warnings.join(' ').replace(/\d+ %/g, '');
