import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconChartDots, IconZoomReset } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { clock } from '../data/format.ts';
import type { MetricKey } from '../data/metrics.ts';
import { DRAG_MODES, type DragMode, PlotGroup } from '../plots/plot-group.ts';
import { ScatterCard } from '../plots/scatter-card.tsx';
import { SeriesFigure } from '../plots/series-figure.tsx';
import { type Observable, useObservable } from '../state/observable.ts';
import { useFeed, useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { Empty } from '../ui/fault.tsx';
import { ChosenMovie } from './chosen-movie.tsx';
import classes from './live.module.css';
import { PLOTS } from './live-plots.ts';
import { liveWords } from './words.ts';

const PLOT_HEIGHT_PX = 138;
/** Of a wall of monitors, in two columns. */
const TALL_PLOT_HEIGHT_PX = 240;
const AXIS_EXTRA_PX = 32;

interface LiveTabProps {
  snapshot: SeriesSnapshot | null;
  started: boolean;
  pick: string | null;
  onPick: (base: string | null) => void;
  onTable: (metric: MetricKey) => void;
}

/** Plots over the movies, sharing pointer, zoom and choice; the chosen or newest movie beside them. */
export function LiveTab({ snapshot, started, pick, onPick, onTable }: LiveTabProps) {
  const key = useSessionKey();
  const navigate = useNavigate();
  const feed = useFeed();
  const [group] = useState(() => new PlotGroup());
  const [mode, setMode] = useLocalStorage<DragMode>({ key: 'cryoem-drag', defaultValue: 'select' });
  const isZoomed = useObservable(group.zoomX) !== null;
  const narrow = useMediaQuery('(max-width: 1100px)');
  // Plots stand in two columns there.
  const wide = useMediaQuery('(min-width: 2200px)');
  if (feed === null || snapshot === null || (snapshot.phase === 'loading' && snapshot.store.size === 0))
    return (
      <section className={classes.live} aria-busy="true" aria-label={liveWords.loading}>
        <Skeleton height={640} radius={10} />
        <Skeleton height={640} radius={10} />
      </section>
    );
  const { store } = snapshot;
  if (store.size === 0)
    return (
      <div className="card">
        <Empty
          icon={<IconChartDots size={28} stroke={1.5} />}
          title={liveWords.empty}
          hint={started ? liveWords.emptyHint : liveWords.emptyStart}
        />
      </div>
    );
  const chosen = pick === null ? null : (store.indexOf(pick) ?? null);
  const open = (index: number) =>
    void navigate({
      to: '/s/$project/$user/$session/movie/$base',
      params: { ...key, base: store.bases[index]! },
    });
  const model = feed.selection;
  const choose = (index: number) => onPick(store.bases[index] ?? null);
  const side = <ChosenMovie snapshot={snapshot} chosen={chosen} onFollow={() => onPick(null)} />;
  const shared = { snapshot, model, mode, chosen, onChoose: choose, onOpen: open };
  const scatter = <ScatterCard {...shared} />;
  return (
    <div className={classes.live}>
      {narrow && side}
      <section className={`card ${classes.plots}`}>
        <div className={`${classes.toolbar} no-print`}>
          <Pointed hover={group.hover} snapshot={snapshot} />
          <span className={classes.modes}>
            {isZoomed && (
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<IconZoomReset size={14} />}
                onClick={() => group.showAll()}
              >
                {liveWords.zoomed}
              </Button>
            )}
            <SegmentedControl
              size="xs"
              aria-label={liveWords.drag}
              value={mode}
              onChange={(value) => setMode(value as DragMode)}
              data={DRAG_MODES.map((value) => ({ value, label: liveWords.modes[value] }))}
            />
          </span>
        </div>
        {PLOTS.map((plot, i) => {
          const isLowest = i >= PLOTS.length - (wide ? 2 : 1);
          return (
            <SeriesFigure
              key={plot.title}
              {...plot}
              {...shared}
              group={group}
              onTable={() => onTable(plot.counted)}
              withXAxis={isLowest}
              height={(wide ? TALL_PLOT_HEIGHT_PX : PLOT_HEIGHT_PX) + (isLowest ? AXIS_EXTRA_PX : 0)}
            />
          );
        })}
      </section>
      {narrow ? (
        scatter
      ) : (
        <aside className={classes.side}>
          {side}
          {scatter}
        </aside>
      )}
    </div>
  );
}

/** Name and time of the movie under the pointer; how to use the plots otherwise. */
function Pointed({ hover, snapshot }: { hover: Observable<number | null>; snapshot: SeriesSnapshot }) {
  const index = useObservable(hover);
  const { store } = snapshot;
  if (index === null || index >= store.size)
    return (
      <span className={`muted truncate ${classes.hint}`} title={liveWords.hint}>
        {liveWords.hint}
      </span>
    );
  return (
    <span className="truncate">
      <b>{store.bases[index]}</b> <span className="muted">{clock(store.finishedMs(index))}</span>
    </span>
  );
}
