import { Button, Switch, Textarea, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconCheck, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Verdict } from '../../../src/contract/review.ts';
import { MAX_COMMENT_LENGTH } from '../../../src/contract/review.ts';
import { Observable, useObservable } from '../state/observable.ts';
import type { ReviewDesk } from '../state/review-desk.ts';
import { tellFault } from '../ui/fault.tsx';
import { reviewWords } from '../ui/words.ts';
import classes from './review-bar.module.css';

const none = new Observable(0);

/** Accept, reject, undo, comment on one movie; without a desk it keeps its place. The keys belong to the view. */
export function ReviewBar(props: {
  desk: ReviewDesk | null;
  base: string;
  verdict: Verdict | null;
  comment: string | null;
  advances: boolean;
  onAdvances: (advances: boolean) => void;
  onDecide: (verdict: Verdict) => void;
  onUndo: () => void;
  commentField: React.RefObject<HTMLTextAreaElement | null>;
}) {
  const { desk, verdict, base } = props;
  const undoable = useObservable(desk?.undoable ?? none);
  const decide = (which: Verdict, label: string, icon: React.ReactNode, color: string) => (
    <Button
      size="sm"
      variant={verdict === which ? 'filled' : 'default'}
      color={color}
      leftSection={icon}
      aria-pressed={verdict === which}
      disabled={desk === null}
      onClick={() => props.onDecide(which)}
    >
      {label}
    </Button>
  );
  return (
    <div className={`${classes.bar} no-print`}>
      {decide('accepted', reviewWords.accept, <IconCheck size={17} />, 'teal.9')}
      {decide('rejected', reviewWords.reject, <IconX size={17} />, 'red.8')}
      <Button
        size="sm"
        variant="subtle"
        color="gray"
        leftSection={<IconArrowBackUp size={17} />}
        disabled={undoable === 0}
        onClick={props.onUndo}
      >
        {reviewWords.undo}
      </Button>
      <Tooltip label={reviewWords.advanceHelp}>
        <div>
          <Switch
            size="sm"
            label={reviewWords.advance}
            checked={props.advances}
            onChange={(event) => props.onAdvances(event.currentTarget.checked)}
          />
        </div>
      </Tooltip>
      <CommentField key={base} {...props} />
    </div>
  );
}

/** Saved when it is left, and with Ctrl-Enter. */
function CommentField({
  desk,
  base,
  comment,
  commentField,
}: {
  desk: ReviewDesk | null;
  base: string;
  comment: string | null;
  commentField: React.RefObject<HTMLTextAreaElement | null>;
}) {
  const [value, setValue] = useState(comment ?? '');
  const saved = useRef(comment ?? '');
  useEffect(() => {
    // Somebody else's words come in, unless this person is writing.
    if (document.activeElement === commentField.current) return;
    saved.current = comment ?? '';
    setValue(comment ?? '');
  }, [comment, commentField]);
  const save = () => {
    if (desk === null || value.trim() === saved.current.trim()) return;
    const before = saved.current;
    saved.current = value;
    desk.comment(base, value).then(
      () => notifications.show({ message: reviewWords.commentSaved }),
      (error) => {
        saved.current = before;
        tellFault(error);
      },
    );
  };
  return (
    <Textarea
      ref={commentField}
      className={classes.comment}
      aria-label={reviewWords.comment}
      placeholder={reviewWords.commentHint}
      size="sm"
      autosize
      minRows={1}
      maxRows={6}
      disabled={desk === null}
      maxLength={MAX_COMMENT_LENGTH}
      value={value}
      onChange={(event) => setValue(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey)))
          event.currentTarget.blur();
      }}
    />
  );
}
