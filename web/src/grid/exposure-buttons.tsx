import { Button } from '@mantine/core';
import { IconArrowRight, IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useSessionKey } from '../state/session-context.ts';
import { uiWords } from '../ui/words.ts';
import classes from './exposure-panel.module.css';
import { gridWords } from './words.ts';

/** Two buttons for a movie: one selects its hole, the other opens the movie. */
export function ExposureButtons(props: {
  /** Null if no movie is shown. */
  base: string | null;
  isHoleKnown: boolean;
  isHoleSelected: boolean;
  onSelectHole: () => void;
}) {
  const { base, isHoleKnown, isHoleSelected } = props;
  const key = useSessionKey();
  return (
    <div className={`no-print ${classes.buttons}`}>
      <Button
        size="xs"
        variant={isHoleSelected ? 'filled' : 'default'}
        aria-pressed={isHoleSelected}
        leftSection={isHoleSelected ? <IconCheck size={15} /> : undefined}
        disabled={!isHoleKnown}
        onClick={props.onSelectHole}
      >
        {isHoleKnown ? gridWords.selectHoleShort : gridWords.select}
      </Button>
      {base === null ? (
        <Button size="xs" variant="light" disabled>
          {uiWords.openMovie}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="light"
          rightSection={<IconArrowRight size={15} />}
          renderRoot={(root) => (
            <Link {...root} to="/s/$project/$user/$session/movie/$base" params={{ ...key, base }} />
          )}
        >
          {uiWords.openMovie}
        </Button>
      )}
    </div>
  );
}
