import { Button, SegmentedControl } from '@mantine/core';
import { IconZoomReset } from '@tabler/icons-react';
import { timeText } from '../data/format.ts';
import { DRAG_MODES, type DragMode, type PlotGroup } from '../plots/plot-group.ts';
import { type Readable, useObservable } from '../state/observable.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import classes from './live.module.css';
import { liveWords } from './words.ts';

/** Above the plots: the movie under the pointer, a button that shows all movies, and the drag mode. */
export function LiveToolbar(props: {
  group: PlotGroup;
  snapshot: SeriesSnapshot;
  mode: DragMode;
  onMode: (mode: DragMode) => void;
}) {
  const { group, mode, onMode } = props;
  const isZoomed = useObservable(group.zoomX) !== null;
  return (
    <div className={`${classes.toolbar} no-print`}>
      <HoveredMovie hover={group.hover} snapshot={props.snapshot} />
      <span className={classes.modes}>
        {isZoomed && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<IconZoomReset size={14} />}
            onClick={() => group.showAll()}
          >
            {liveWords.showAll}
          </Button>
        )}
        <SegmentedControl
          size="xs"
          aria-label={liveWords.drag}
          value={mode}
          onChange={onMode}
          data={DRAG_MODES.map((value) => ({ value, label: liveWords.modes[value] }))}
        />
      </span>
    </div>
  );
}

/** Name and time of the movie under the pointer; without one, a hint on using the plots. */
function HoveredMovie({ hover, snapshot }: { hover: Readable<number | null>; snapshot: SeriesSnapshot }) {
  const index = useObservable(hover);
  const { series } = snapshot;
  if (index === null || index >= series.size)
    return (
      <span className={`muted truncate ${classes.hint}`} title={liveWords.hint}>
        {liveWords.hint}
      </span>
    );
  return (
    <span className="truncate">
      <b>{series.bases[index]}</b> <span className="muted">{timeText(series.finishedMs(index))}</span>
    </span>
  );
}
