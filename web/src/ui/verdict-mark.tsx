import { IconCheck, IconX } from '@tabler/icons-react';
import type { Verdict } from '../../../src/contract/review.ts';
import classes from './verdict-mark.module.css';
import { verdictWords } from './words.ts';

/**
 * A red X over a rejected image, a check in the corner of an accepted one; with a label for screen readers.
 */
export function VerdictMark({ verdict }: { verdict: Verdict | null }) {
  if (verdict === null) return null;
  const label = verdictWords[verdict];
  return verdict === 'rejected' ? (
    <span className={classes.rejected} role="img" aria-label={label} title={label}>
      <IconX aria-hidden />
    </span>
  ) : (
    <span className={classes.accepted} role="img" aria-label={label} title={label}>
      <IconCheck size={14} stroke={3} aria-hidden />
    </span>
  );
}
