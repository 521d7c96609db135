import { Button, Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChartDots, IconZoomReset } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { clock } from '../data/format.ts';
import type { MetricKey } from '../data/metrics.ts';
import { Observable, useObservable } from '../live/observable.ts';
import type { SeriesSnapshot } from '../live/session-feed.ts';
import { Empty } from '../parts/fault.tsx';
import { SeriesPlot } from '../plots/series-plot.tsx';
import { text } from '../text.ts';
import { ChosenMovie } from './chosen-movie.tsx';
import classes from './session.module.css';
import { useSessionKey } from './session-layout.tsx';

const PLOTS: readonly {
  title: string;
  metrics: readonly MetricKey[];
  counted: MetricKey;
  fromZero: boolean;
  fromFit: boolean;
}[] = [
  {
    title: text.plots.defocus,
    metrics: ['defocusU', 'defocusV'],
    counted: 'defocus',
    fromZero: false,
    fromFit: true,
  },
  {
    title: text.plots.fitResolution,
    metrics: ['fitResolution'],
    counted: 'fitResolution',
    fromZero: false,
    fromFit: true,
  },
  {
    title: text.plots.astigmatism,
    metrics: ['astigmatism'],
    counted: 'astigmatism',
    fromZero: true,
    fromFit: true,
  },
  {
    title: text.plots.motion,
    metrics: ['motionTotal', 'motionEarly', 'motionLate'],
    counted: 'motionTotal',
    fromZero: true,
    fromFit: false,
  },
];
const PLOT_HEIGHT_PX = 138;
const AXIS_EXTRA_PX = 32;

interface LiveTabProps {
  snapshot: SeriesSnapshot | null;
  started: boolean;
  pick: string | null;
  onPick: (base: string | null) => void;
}

/** Plots over the movies, sharing pointer, zoom and choice; the chosen or newest movie beside them. */
export function LiveTab({ snapshot, started, pick, onPick }: LiveTabProps) {
  const key = useSessionKey();
  const navigate = useNavigate();
  const [hover] = useState(() => new Observable<number | null>(null));
  const [zoom, setZoom] = useState<readonly [number, number] | null>(null);
  const narrow = useMediaQuery('(max-width: 1100px)');
  if (snapshot === null || (snapshot.phase === 'loading' && snapshot.store.size === 0))
    return (
      <section className={classes.live} aria-busy="true" aria-label={text.plots.loading}>
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
          title={text.plots.empty}
          hint={started ? text.plots.emptyHint : text.plots.emptyStart}
        />
      </div>
    );
  const chosen = pick === null ? null : (store.indexOf(pick) ?? null);
  const open = (index: number) =>
    void navigate({
      to: '/s/$project/$user/$session/movie/$base',
      params: { ...key, base: store.bases[index]! },
    });
  const side = <ChosenMovie snapshot={snapshot} chosen={chosen} onFollow={() => onPick(null)} />;
  return (
    <div className={classes.live}>
      {narrow && side}
      <section className={`card ${classes.plots}`}>
        <div className={classes.toolbar}>
          <Pointed hover={hover} snapshot={snapshot} />
          {zoom && (
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconZoomReset size={14} />}
              onClick={() => setZoom(null)}
            >
              {text.plots.zoomed}
            </Button>
          )}
        </div>
        {PLOTS.map((plot, i) => (
          <SeriesPlot
            key={plot.title}
            {...plot}
            snapshot={snapshot}
            hover={hover}
            chosen={chosen}
            onChoose={(index) => onPick(store.bases[index] ?? null)}
            onOpen={open}
            zoom={zoom}
            onZoom={setZoom}
            withXAxis={i === PLOTS.length - 1}
            height={PLOT_HEIGHT_PX + (i === PLOTS.length - 1 ? AXIS_EXTRA_PX : 0)}
          />
        ))}
      </section>
      {!narrow && <aside className={classes.side}>{side}</aside>}
    </div>
  );
}

/** Name and time of the movie under the pointer; how to use the plots otherwise. */
function Pointed({ hover, snapshot }: { hover: Observable<number | null>; snapshot: SeriesSnapshot }) {
  const index = useObservable(hover);
  const { store } = snapshot;
  if (index === null || index >= store.size)
    return <span className={`muted ${classes.hint}`}>{text.plots.hint}</span>;
  return (
    <span className="truncate">
      <b>{store.bases[index]}</b> <span className="muted">{clock(store.finishedAtMs[index]!)}</span>
    </span>
  );
}
