import { ActionIcon, Anchor, Button } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import type { GridSquare } from '../../../src/contract/grid.ts';
import classes from './square-view.module.css';
import { gridWords } from './words.ts';

/** Name of a square, links to the other squares, and a button that selects it. */
export function SquareHead(props: {
  /** Squares in the order of recording. */
  squares: readonly GridSquare[];
  square: string;
  isSelected: boolean;
  isEmpty: boolean;
  onSelect: () => void;
  onSquare: (name: string | null) => void;
}) {
  const { squares, square, isSelected } = props;
  const head = useRef<HTMLDivElement>(null);
  // The square may have been opened from far down the list.
  useEffect(() => {
    if (head.current && head.current.getBoundingClientRect().top < 0) head.current.scrollIntoView();
  }, []);
  const index = squares.findIndex(({ name }) => name === square);
  const stepButton = (offset: number, label: string, icon: ReactNode) => {
    const target = squares[index + offset];
    return (
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={label}
        title={label}
        disabled={index < 0 || target === undefined}
        onClick={() => target && props.onSquare(target.name)}
      >
        {icon}
      </ActionIcon>
    );
  };
  return (
    <div ref={head} className={classes.head}>
      <Anchor component="button" className="no-print" size="sm" onClick={() => props.onSquare(null)}>
        <IconArrowLeft size={15} aria-hidden /> {gridWords.allSquares}
      </Anchor>
      <h2>{gridWords.squareName(square)}</h2>
      {index >= 0 && <span className="muted">{gridWords.position(index + 1, squares.length)}</span>}
      <span className={`no-print ${classes.steps}`}>
        {stepButton(-1, gridWords.previous, <IconChevronLeft size={18} />)}
        {stepButton(1, gridWords.next, <IconChevronRight size={18} />)}
        <Button
          size="xs"
          variant={isSelected ? 'filled' : 'default'}
          aria-pressed={isSelected}
          aria-label={gridWords.selectSquare(square)}
          leftSection={isSelected ? <IconCheck size={15} /> : undefined}
          disabled={props.isEmpty}
          onClick={props.onSelect}
        >
          {isSelected ? gridWords.selected : gridWords.select}
        </Button>
      </span>
    </div>
  );
}
