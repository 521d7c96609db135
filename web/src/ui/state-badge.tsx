import { Tooltip } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconFolder,
  IconHourglass,
  IconPlayerPlay,
  IconQuestionMark,
  IconRefresh,
} from '@tabler/icons-react';
import type { SessionState } from '../../../src/contract/states.ts';
import { stateWords } from '../data/state-words.ts';
import classes from './state-badge.module.css';

const ICONS: Record<SessionState, typeof IconFolder> = {
  unknown: IconQuestionMark,
  incomplete_or_empty: IconFolder,
  needs_processing: IconHourglass,
  processing_start: IconPlayerPlay,
  processing: IconRefresh,
  processing_complete: IconCircleCheck,
  processing_failure: IconAlertTriangle,
};

/** State of a session, shown by colour, shape and text, each of which is sufficient. */
export function StateBadge({ state }: { state: SessionState }) {
  const Icon = ICONS[state];
  return (
    <Tooltip label={stateWords[state].meaning} multiline maw={320}>
      <span className={classes.badge} data-state={state}>
        <Icon size={15} stroke={2} aria-hidden className={classes.icon} />
        {stateWords[state].label}
      </span>
    </Tooltip>
  );
}
