import { useNavigate } from '@tanstack/react-router';
import { startTransition, useEffect, useState } from 'react';
import type { GridMetric } from '../data/grid-choices.ts';
import type { Series } from '../data/series.ts';
import { useSessionKey } from '../state/session-context.ts';
import { ExposurePanel } from './exposure-panel.tsx';
import grid from './grid.module.css';
import { gridMetricWords, spreadText, valueText } from './grid-metrics.ts';
import { GridTools } from './grid-tools.tsx';
import type { HolesLayout } from './holes-layout.ts';
import { HolesMap } from './holes-map.tsx';
import { HolesTable } from './holes-table.tsx';
import { meanAndSpread } from './mean-and-spread.ts';
import type { OpenSquare } from './open-square.ts';
import classes from './square-view.module.css';
import { TargetPlot } from './target-plot.tsx';
import { gridWords } from './words.ts';

/** A square that has movies: map, chosen movie, plot of measured against target defocus, and table. */
export function SquareContents(props: {
  openSquare: OpenSquare;
  layout: HolesLayout;
  series: Series;
  hasSelection: boolean;
  chosenBase: string | null;
  onChoose: (base: string) => void;
  onMetric: (metric: GridMetric) => void;
}) {
  const { openSquare, chosenBase, onChoose } = props;
  const { marks, hasTargets } = openSquare;
  const key = useSessionKey();
  const navigate = useNavigate();
  const [hovered, setHovered] = useState<string | null>(null);
  const isTableShown = useIsFirstRenderDone();
  const openMovie = (base: string) =>
    void navigate({ to: '/s/$project/$user/$session/movie/$base', params: { ...key, base } });
  const shownBase = [hovered, chosenBase].find((base) => base !== null && marks.has(base)) ?? null;
  return (
    <>
      <GridTools
        metric={openSquare.metric}
        scale={openSquare.scale}
        hasTargets={hasTargets}
        onMetric={props.onMetric}
      >
        <Summary openSquare={openSquare} />
      </GridTools>
      <div className={classes.square}>
        <HolesMap
          openSquare={openSquare}
          layout={props.layout}
          chosenBase={chosenBase}
          hovered={hovered}
          hasSelection={props.hasSelection}
          onChoose={onChoose}
          onHover={setHovered}
          onOpen={openMovie}
        />
        <div className={classes.aside}>
          <ExposurePanel openSquare={openSquare} base={shownBase} series={props.series} />
          {hasTargets && (
            <TargetPlot
              openSquare={openSquare}
              chosenBase={shownBase}
              onChoose={onChoose}
              onHover={setHovered}
            />
          )}
        </div>
      </div>
      {isTableShown && <HolesTable openSquare={openSquare} onOpen={openMovie} />}
    </>
  );
}

/** False at first, so that content below the visible part of the page is rendered later. */
function useIsFirstRenderDone(): boolean {
  const [isDone, setDone] = useState(false);
  useEffect(() => startTransition(() => setDone(true)), []);
  return isDone;
}

/** Number of movies and holes, and the mean of the metric. */
function Summary({ openSquare: { holes, marks, metric } }: { openSquare: OpenSquare }) {
  const { mean, sd, count } = meanAndSpread([...marks.values()].map(({ value }) => value));
  const { label, unit } = gridMetricWords(metric);
  return (
    <p className={grid.summary}>
      <span>
        {gridWords.movies(marks.size)} · {gridWords.holes(holes.holes.length)}
      </span>
      {mean !== null && (
        <span title={gridWords.meanOf(count)}>
          {label}: <b>{valueText(metric, mean)}</b>
          {sd !== null && ` ± ${spreadText(metric, sd)}`} {unit}
        </span>
      )}
    </p>
  );
}
