import { IconAlertTriangle } from '@tabler/icons-react';
import { text } from './text.ts';
import classes from './warnings.module.css';

/** Warnings of a session or a movie, one line each. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className={classes.list} aria-label={text.session.warnings}>
      {[...new Set(warnings)].map((warning) => (
        <li key={warning}>
          <IconAlertTriangle size={17} aria-hidden />
          {warning}
        </li>
      ))}
    </ul>
  );
}
