import { Skeleton } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconChartDots } from '@tabler/icons-react';
import { useState } from 'react';
import type { MetricKey } from '../data/metrics.ts';
import { type DragMode, PlotGroup } from '../plots/plot-group.ts';
import { ScatterCard } from '../plots/scatter-card.tsx';
import { SeriesFigure } from '../plots/series-figure.tsx';
import { useFeed } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { useOpenMovie } from '../ui/use-open-movie.ts';
import { ChosenMovie } from './chosen-movie.tsx';
import classes from './live.module.css';
import { PLOTS } from './live-plots.ts';
import { LiveToolbar } from './live-toolbar.tsx';
import { liveWords } from './words.ts';

const PLOT_HEIGHT_PX = 138;
/** Height on very wide screens, where the plots are in two columns. */
const TALL_PLOT_HEIGHT_PX = 240;
const X_AXIS_HEIGHT_PX = 32;

interface LiveTabProps {
  snapshot: SeriesSnapshot | null;
  hasStarted: boolean;
  chosenBase: string | null;
  onChoose: (base: string | null) => void;
  onTable: (metric: MetricKey) => void;
}

/** Plots that share pointer, zoom and chosen movie; beside them the chosen movie or the latest one. */
export function LiveTab({ snapshot, hasStarted, chosenBase, onChoose, onTable }: LiveTabProps) {
  const openMovie = useOpenMovie();
  const feed = useFeed();
  const [group] = useState(() => new PlotGroup());
  const [mode, setMode] = useLocalStorage<DragMode>({ key: 'cryoem-drag', defaultValue: 'select' });
  const isNarrow = useMediaQuery('(max-width: 1100px)');
  // On wide screens the plots are in two columns.
  const isWide = useMediaQuery('(min-width: 2200px)');
  if (feed === null || snapshot === null || (snapshot.phase === 'loading' && snapshot.series.size === 0))
    return (
      <section className={classes.live} aria-busy="true" aria-label={liveWords.loading}>
        <Skeleton height={640} radius={10} />
        <Skeleton height={640} radius={10} />
      </section>
    );
  const { series } = snapshot;
  if (series.size === 0)
    return (
      <div className="card">
        <EmptyState
          icon={<IconChartDots size={28} stroke={1.5} />}
          title={liveWords.empty}
          hint={hasStarted ? liveWords.emptyHint : liveWords.emptyStart}
        />
      </div>
    );
  const chosen = chosenBase === null ? null : (series.indexOf(chosenBase) ?? null);
  const sharedProps = {
    snapshot,
    model: feed.selection,
    mode,
    chosen,
    onChoose: (index: number) => onChoose(series.bases[index] ?? null),
    onOpen: (index: number) => openMovie(series.bases[index] ?? ''),
  };
  const movie = <ChosenMovie snapshot={snapshot} chosen={chosen} onFollow={() => onChoose(null)} />;
  const scatter = <ScatterCard {...sharedProps} />;
  const firstInLowestRow = PLOTS.length - (isWide ? 2 : 1);
  const height = isWide ? TALL_PLOT_HEIGHT_PX : PLOT_HEIGHT_PX;
  return (
    <div className={classes.live}>
      {isNarrow && movie}
      <section className={`card ${classes.plots}`}>
        <LiveToolbar group={group} snapshot={snapshot} mode={mode} onMode={setMode} />
        {PLOTS.map((plot, i) => (
          <SeriesFigure
            key={plot.title}
            {...plot}
            {...sharedProps}
            group={group}
            onTable={() => onTable(plot.mainMetric)}
            hasXAxis={i >= firstInLowestRow}
            height={height + (i >= firstInLowestRow ? X_AXIS_HEIGHT_PX : 0)}
          />
        ))}
      </section>
      {isNarrow ? (
        scatter
      ) : (
        <aside className={classes.side}>
          {movie}
          {scatter}
        </aside>
      )}
    </div>
  );
}
