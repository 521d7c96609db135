import { Button, Switch, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import type { Verdict } from '../../../src/contract/review.ts';
import { Observable, useObservable } from '../state/observable.ts';
import type { ReviewActions } from '../state/review-actions.ts';
import { reviewWords } from '../ui/words.ts';
import { CommentField } from './comment-field.tsx';
import classes from './review-bar.module.css';

const zeroCount = new Observable(0);

/**
 * Buttons that accept, reject and undo, and the comment; disabled without `reviews`. The view handles keys.
 */
export function ReviewBar(props: {
  reviews: ReviewActions | null;
  base: string;
  verdict: Verdict | null;
  comment: string | null;
  shouldAdvance: boolean;
  onShouldAdvance: (shouldAdvance: boolean) => void;
  onDecide: (verdict: Verdict) => void;
  onUndo: () => void;
  commentField: RefObject<HTMLTextAreaElement | null>;
}) {
  const { reviews, verdict, base } = props;
  const undoableCount = useObservable(reviews?.undoableCount ?? zeroCount);
  const decisionButton = (decision: Verdict, label: string, icon: ReactNode, color: string) => (
    <Button
      size="sm"
      variant={verdict === decision ? 'filled' : 'default'}
      color={color}
      leftSection={icon}
      aria-pressed={verdict === decision}
      disabled={reviews === null}
      onClick={() => props.onDecide(decision)}
    >
      {label}
    </Button>
  );
  return (
    <div className={`${classes.bar} no-print`}>
      {decisionButton('accepted', reviewWords.accept, <IconCheck size={17} />, 'teal.9')}
      {decisionButton('rejected', reviewWords.reject, <IconX size={17} />, 'red.8')}
      <Button
        size="sm"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowBackUp size={17} />}
        disabled={undoableCount === 0}
        onClick={props.onUndo}
      >
        {reviewWords.undo}
      </Button>
      <Tooltip label={reviewWords.advanceHelp}>
        <div>
          <Switch
            size="sm"
            label={reviewWords.advance}
            checked={props.shouldAdvance}
            onChange={(event) => props.onShouldAdvance(event.currentTarget.checked)}
          />
        </div>
      </Tooltip>
      <CommentField key={base} {...props} />
    </div>
  );
}
