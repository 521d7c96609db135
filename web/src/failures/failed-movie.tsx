import { Button, Modal } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { MovieRow } from '../../../src/contract/api.ts';
import { dateTimeText } from '../data/format.ts';
import { NONE } from '../data/words.ts';
import { useSessionKey } from '../state/session-context.ts';
import { LogText } from '../ui/movie-log.tsx';
import { useSearchChange } from '../ui/use-search-change.ts';
import classes from './failures.module.css';
import { failureWords } from './words.ts';

/** One failed movie: its error message, its log, and the actions given as `children`. */
export function FailedMovie({ row, children }: { row: MovieRow; children: ReactNode }) {
  const key = useSessionKey();
  const { logOf } = useSearch({ strict: false });
  const change = useSearchChange();
  return (
    <li className={classes.item}>
      <div className={classes.description}>
        <Link
          className={classes.name}
          to="/s/$project/$user/$session/movie/$base"
          params={{ ...key, base: row.base }}
        >
          {row.base}
        </Link>
        <span className="muted">
          {failureWords.attempt(row.attempt)} · {dateTimeText(row.finishedAt)}
        </span>
        <p className={classes.line}>{row.errorMessage ?? NONE}</p>
        {row.comment && <p className={`${classes.line} muted`}>{row.comment}</p>}
      </div>
      <div className={classes.buttons}>
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconFileText size={15} />}
          aria-label={failureWords.logOf(row.base)}
          onClick={() => change({ logOf: row.base })}
        >
          {failureWords.log}
        </Button>
        {children}
      </div>
      <Modal
        opened={logOf === row.base}
        onClose={() => change({ logOf: undefined })}
        title={row.base}
        size="xl"
        centered
      >
        <LogText base={row.base} />
      </Modal>
    </li>
  );
}
