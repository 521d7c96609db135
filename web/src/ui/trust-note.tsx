import { type Trust, trustOf } from '../data/trust.ts';
import classes from './trust-note.module.css';
import { uiWords } from './words.ts';

/** A note beside the numbers of a fit that cannot be trusted; nothing beside others. */
export function TrustNote({ confidence }: { confidence: number | null }) {
  const trust: Trust | null = trustOf(confidence);
  if (trust === null || trust === 'good') return null;
  return (
    <span className={classes.note} title={uiWords.trust[trust].help}>
      {uiWords.trust[trust].label}
    </span>
  );
}
