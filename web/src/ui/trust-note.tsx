import { type Trust, trustOf } from '../data/trust.ts';
import classes from './trust-note.module.css';
import { uiWords } from './words.ts';

/** A note next to the values of a fit that cannot be trusted; nothing for other fits. */
export function TrustNote({ confidence }: { confidence: number | null }) {
  const trust: Trust | null = trustOf(confidence);
  if (trust === null || trust === 'good') return null;
  return (
    <span className={classes.note} title={uiWords.trust[trust].help}>
      {uiWords.trust[trust].label}
    </span>
  );
}
