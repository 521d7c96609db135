import { Button, CloseButton, Menu, SegmentedControl } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconCheck, IconDownload, IconX } from '@tabler/icons-react';
import type { Verdict } from '../../../src/contract/review.ts';
import { integer } from '../data/format.ts';
import { criteriaWords, hasLimits, selectedBases } from '../data/selection.ts';
import { useObservable } from '../state/observable.ts';
import type { ReviewDesk } from '../state/review-desk.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { saveText } from '../ui/save-text.ts';
import { reviewWords } from '../ui/words.ts';
import classes from './selection-bar.module.css';
import { exportSelection } from './table-export.ts';
import { selectionWords } from './words.ts';

/** What is selected and what can be done with it; floats over every tab, so that nothing moves when it comes. */
export function SelectionBar(props: {
  snapshot: SeriesSnapshot;
  model: SelectionModel;
  desk: ReviewDesk;
  /** Name of the session, for files. */
  name: string;
}) {
  const { snapshot, model, desk } = props;
  const { store } = snapshot;
  const selection = useObservable(model.current);
  const criteria = useObservable(model.criteria);
  const undoable = useObservable(desk.undoable);
  if (selection === null) return null;
  const words = criteriaWords(criteria);
  const decide = (verdict: Verdict | null) => {
    const bases = selectedBases(store, selection);
    desk.decide(bases, verdict, words === '' ? undefined : words);
    notifications.show({ message: reviewWords.decided(bases.length, verdict) });
  };
  const save = (kind: 'csv' | 'json') =>
    saveText(
      `${props.name}_${selectionWords.fileWord}.${kind}`,
      kind === 'csv' ? 'text/csv' : 'application/json',
      exportSelection(store, selection, kind, { session: props.name, criteria: words }),
    );
  return (
    <section className={`${classes.bar} no-print`} aria-label={selectionWords.label}>
      <span role="status" className={classes.count}>
        <b>{selectionWords.count(selection.count)}</b>{' '}
        <span className={classes.muted}>{selectionWords.of(integer(store.size))}</span>
      </span>
      {words !== '' && (
        <span className={`truncate ${classes.muted}`} title={words}>
          {words}
        </span>
      )}
      {hasLimits(criteria) && (
        <SegmentedControl
          size="xs"
          aria-label={selectionWords.takes}
          value={criteria.takes}
          onChange={(takes) => model.set({ ...criteria, takes: takes as 'within' | 'beyond' })}
          data={[
            { value: 'within', label: selectionWords.within },
            { value: 'beyond', label: selectionWords.beyond },
          ]}
        />
      )}
      <span className={classes.buttons}>
        <Button
          size="compact-sm"
          color="red.8"
          leftSection={<IconX size={15} />}
          disabled={selection.count === 0}
          onClick={() => decide('rejected')}
        >
          {reviewWords.reject}
        </Button>
        <Button
          size="compact-sm"
          color="teal.9"
          leftSection={<IconCheck size={15} />}
          disabled={selection.count === 0}
          onClick={() => decide('accepted')}
        >
          {reviewWords.accept}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowBackUp size={15} />}
          disabled={undoable === 0}
          onClick={() => notifications.show({ message: reviewWords.undone(desk.undo().length) })}
        >
          {reviewWords.undo}
        </Button>
        <Menu position="top-end" withinPortal>
          <Menu.Target>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconDownload size={15} />}
              disabled={selection.count === 0}
            >
              {selectionWords.export}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => save('csv')}>{selectionWords.csv}</Menu.Item>
            <Menu.Item onClick={() => save('json')}>{selectionWords.json}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
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
