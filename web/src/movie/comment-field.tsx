import { Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { MAX_COMMENT_LENGTH } from '../../../src/contract/review.ts';
import type { ReviewActions } from '../state/review-actions.ts';
import { notifyError } from '../ui/error-message.tsx';
import { reviewWords } from '../ui/words.ts';
import classes from './review-bar.module.css';

/** The comment is saved when the field loses the focus, for example on Ctrl-Enter or Escape. */
export function CommentField({
  reviews,
  base,
  comment,
  commentField,
}: {
  reviews: ReviewActions | null;
  base: string;
  comment: string | null;
  commentField: RefObject<HTMLTextAreaElement | null>;
}) {
  const [value, setValue] = useState(comment ?? '');
  const savedComment = useRef(comment ?? '');
  useEffect(() => {
    // Show a comment that another user has saved, unless the user is typing.
    if (document.activeElement === commentField.current) return;
    savedComment.current = comment ?? '';
    setValue(comment ?? '');
  }, [comment, commentField]);
  const save = () => {
    if (reviews === null || value.trim() === savedComment.current.trim()) return;
    const previous = savedComment.current;
    savedComment.current = value;
    reviews.comment(base, value).then(
      () => notifications.show({ message: reviewWords.commentSaved }),
      (error) => {
        savedComment.current = previous;
        notifyError(error);
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
      disabled={reviews === null}
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
