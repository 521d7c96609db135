import { ActionIcon, Title, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { KeysHelp } from '../ui/keys-help.tsx';
import { keyWords } from '../ui/words.ts';
import classes from './movie.module.css';
import { movieWords } from './words.ts';

const KEYS = [
  ['A', keyWords.accept],
  ['R', keyWords.reject],
  ['U', keyWords.undo],
  ['C', keyWords.comment],
  ['← →', keyWords.neighbours],
  ['+ - 0', keyWords.zoom],
  ['I', keyWords.invert],
  ['M', keyWords.motion],
] as const;

/** Name of a movie, its position in the session, and buttons for the previous and next movie. */
export function MovieHead(props: {
  base: string;
  /** "3 of 120"; null if it is unknown. */
  position: string | null;
  previous: string | undefined;
  next: string | undefined;
  onGo: (base: string | undefined) => void;
}) {
  const { base, position, previous, next } = props;
  const stepButton = (label: string, target: string | undefined, icon: ReactNode) => (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={label}
        disabled={target === undefined}
        onClick={() => props.onGo(target)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  return (
    <div className={classes.head}>
      <Title order={1} className={classes.name}>
        {base}
      </Title>
      <div className={`${classes.steps} no-print`}>
        {position !== null && <span className="muted">{position}</span>}
        {stepButton(movieWords.previous, previous, <IconArrowLeft size={18} />)}
        {stepButton(movieWords.next, next, <IconArrowRight size={18} />)}
        <KeysHelp keys={KEYS} />
      </div>
    </div>
  );
}
