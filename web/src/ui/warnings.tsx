import { IconAlertTriangle } from '@tabler/icons-react';
import classes from './warnings.module.css';
import { uiWords } from './words.ts';

/** Warnings of a session or a movie, one line each. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className={classes.list} aria-label={uiWords.warnings}>
      {[...new Set(warnings)].map((warning) => (
        <li key={warning}>
          <IconAlertTriangle size={17} aria-hidden />
          {warning}
        </li>
      ))}
    </ul>
  );
}
