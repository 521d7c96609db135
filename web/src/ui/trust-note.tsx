import { type Trust, trustOf } from '../data/trust.ts';
import { text } from './text.ts';
import classes from './trust-note.module.css';

/** Words beside the numbers of a fit that cannot be believed; nothing where it can. */
export function TrustNote({ confidence }: { confidence: number | null }) {
  const trust: Trust | null = trustOf(confidence);
  if (trust === null || trust === 'good') return null;
  return (
    <span className={classes.note} title={text.trust[trust].help}>
      {text.trust[trust].label}
    </span>
  );
}
