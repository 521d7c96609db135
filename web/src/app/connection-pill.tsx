import { Button, Portal } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { timeText } from '../data/format.ts';
import type { LiveConnection } from '../state/connection.ts';
import { useObservable } from '../state/observable.ts';
import classes from './shell.module.css';
import { connectionWords } from './words.ts';

/**
 * Shows whether the values are live. The message about a lost connection covers part of the view instead of
 * moving it.
 */
export function ConnectionPill({ connection }: { connection: LiveConnection }) {
  const { status, lostAtMs } = useObservable(connection.state);
  return (
    <>
      <span className={classes.pill} data-status={status} role="status">
        <i className={classes.lamp} />
        {connectionWords[status]}
      </span>
      {status === 'lost' && (
        <Portal>
          <div className={classes.lost} role="alert">
            <IconPlugConnectedX size={20} style={{ flex: 'none' }} aria-hidden />
            <span>{connectionWords.lostLong(timeText(lostAtMs ?? Number.NaN))}</span>
            <Button size="compact-sm" variant="white" onClick={connection.retryNow}>
              {connectionWords.retryNow}
            </Button>
          </div>
        </Portal>
      )}
    </>
  );
}
