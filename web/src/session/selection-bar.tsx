import { Button, CloseButton, Menu, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconCheck, IconDownload, IconX } from '@tabler/icons-react';
import type { Verdict } from '../../../src/contract/review.ts';
import { hasLimits } from '../data/criteria.ts';
import { criteriaWords } from '../data/criteria-words.ts';
import { integerText } from '../data/format.ts';
import { selectedBases } from '../data/selection.ts';
import { useObservable } from '../state/observable.ts';
import type { ReviewActions } from '../state/review-actions.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { saveText } from '../ui/save-text.ts';
import { reviewWords } from '../ui/words.ts';
import classes from './selection-bar.module.css';
import { exportSelection } from './selection-export.ts';
import { selectionWords } from './words.ts';

type FileKind = 'csv' | 'json';

/**
 * The selection and the actions on it; floats above every tab, so that the layout does not change when it
 * appears.
 */
export function SelectionBar(props: {
  snapshot: SeriesSnapshot;
  model: SelectionModel;
  reviews: ReviewActions;
  /** Name of the session, for files. */
  name: string;
}) {
  const { model, reviews } = props;
  const { series } = props.snapshot;
  const selection = useObservable(model.current);
  const criteria = useObservable(model.criteria);
  if (selection === null) return null;
  const criteriaText = criteriaWords(criteria);
  const decide = (verdict: Verdict) => {
    const bases = selectedBases(series, selection);
    reviews.decide(bases, verdict, criteriaText === '' ? undefined : criteriaText);
    notifications.show({ message: reviewWords.decided(bases.length, verdict) });
  };
  const save = (kind: FileKind) =>
    saveText(
      `${props.name}_${selectionWords.fileWord}.${kind}`,
      kind === 'csv' ? 'text/csv' : 'application/json',
      exportSelection(series, selection, kind, { session: props.name, criteria: criteriaText }),
    );
  return (
    <section className={`${classes.bar} no-print`} aria-label={selectionWords.label}>
      <span role="status" className={classes.count}>
        <b>{selectionWords.count(selection.count)}</b>{' '}
        <span className={classes.muted}>{selectionWords.ofTotal(integerText(series.size))}</span>
      </span>
      {criteriaText !== '' && (
        <span className={`truncate ${classes.muted}`} title={criteriaText}>
          {criteriaText}
        </span>
      )}
      {hasLimits(criteria) && <LimitsControl model={model} mode={criteria.limitMode} />}
      <span className={classes.buttons}>
        <ReviewButtons reviews={reviews} isEmpty={selection.count === 0} onDecide={decide} />
        <ExportMenu isEmpty={selection.count === 0} onSave={save} />
        <CloseButton
          size="sm"
          aria-label={selectionWords.clear}
          title={selectionWords.clear}
          onClick={() => model.clear()}
        />
      </span>
    </section>
  );
}

/** Whether movies within the limits are selected, or those outside. */
function LimitsControl({ model, mode }: { model: SelectionModel; mode: 'within' | 'beyond' }) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={selectionWords.limitMode}
      value={mode}
      onChange={(next) => model.set({ ...model.criteria.get(), limitMode: next })}
      data={[
        { value: 'within', label: selectionWords.within },
        { value: 'beyond', label: selectionWords.beyond },
      ]}
    />
  );
}

function ReviewButtons(props: {
  reviews: ReviewActions;
  isEmpty: boolean;
  onDecide: (verdict: Verdict) => void;
}) {
  const { reviews, isEmpty, onDecide } = props;
  const undoableCount = useObservable(reviews.undoableCount);
  return (
    <>
      <Button
        size="compact-sm"
        color="red.8"
        leftSection={<IconX size={15} />}
        disabled={isEmpty}
        onClick={() => onDecide('rejected')}
      >
        {reviewWords.reject}
      </Button>
      <Button
        size="compact-sm"
        color="teal.9"
        leftSection={<IconCheck size={15} />}
        disabled={isEmpty}
        onClick={() => onDecide('accepted')}
      >
        {reviewWords.accept}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconArrowBackUp size={15} />}
        disabled={undoableCount === 0}
        onClick={() => notifications.show({ message: reviewWords.undone(reviews.undo().length) })}
      >
        {reviewWords.undo}
      </Button>
    </>
  );
}

function ExportMenu({ isEmpty, onSave }: { isEmpty: boolean; onSave: (kind: FileKind) => void }) {
  return (
    <Menu position="top-end" withinPortal>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={15} />}
          disabled={isEmpty}
        >
          {selectionWords.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onSave('csv')}>{selectionWords.csv}</Menu.Item>
        <Menu.Item onClick={() => onSave('json')}>{selectionWords.json}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
