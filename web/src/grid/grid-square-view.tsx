import { ActionIcon, Anchor, Button, Skeleton } from '@mantine/core';
import {
  IconArrowLeft,
  IconCheck,
  IconChevronLeft,
  IconChevronRight,
  IconGridDots,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { startTransition, useEffect, useMemo, useRef, useState } from 'react';
import type { Grid } from '../../../src/contract/grid.ts';
import { gridHolesQuery } from '../api/queries.ts';
import type { Criteria } from '../data/criteria.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { type GridRegion, hasRegion, toggleRegion } from '../data/grid-regions.ts';
import { useObservable } from '../state/observable.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import { useSessionKey } from '../state/session-context.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { Empty, Fault } from '../ui/fault.tsx';
import { colorScale } from './color-scale.ts';
import classes from './grid.module.css';
import { ExposurePanel } from './grid-exposure.tsx';
import { HolesMap } from './grid-holes-map.tsx';
import { HolesTable } from './grid-holes-table.tsx';
import { layHoles } from './grid-layout.ts';
import { markOf } from './grid-marks.ts';
import { betterEnd, figuresRange, gridMetricWords, gridNumber } from './grid-metrics.ts';
import { meanAndSpread } from './grid-squares.ts';
import { TargetPlot } from './grid-target-plot.tsx';
import { GridTools } from './grid-tools.tsx';
import { gridWords } from './words.ts';

/** One square: its holes and exposures where they lie, the chosen one beside them, defocus against target, and all of it as a table. */
export function GridSquareView(props: {
  grid: Grid;
  snapshot: SeriesSnapshot;
  metric: GridMetric;
  square: string;
  criteria: Criteria;
  model: SelectionModel;
  pick: string | null;
  onMetric: (metric: GridMetric) => void;
  onSquare: (name: string | null) => void;
  onPick: (base: string) => void;
}) {
  const { grid, snapshot, metric, square, criteria, model, pick } = props;
  const { store } = snapshot;
  const key = useSessionKey();
  const navigate = useNavigate();
  const selection = useObservable(model.current);
  const [hovered, setHovered] = useState<string | null>(null);
  const head = useRef<HTMLDivElement>(null);
  // Opened from far down the list of squares.
  useEffect(() => {
    if (head.current && head.current.getBoundingClientRect().top < 0) head.current.scrollIntoView();
  }, []);
  // The map first: the table is below what is in sight.
  const [isWhole, setWhole] = useState(false);
  useEffect(() => startTransition(() => setWhole(true)), []);
  const answer = useQuery(gridHolesQuery(key, square));
  const holes = answer.data;
  const layout = useMemo(() => holes && layHoles(holes), [holes]);
  const mask = selection?.mask ?? null;
  const marks = useMemo(
    () =>
      new Map(
        holes?.holes.flatMap(({ exposures }) =>
          exposures.map((exposure) => [exposure.base, markOf(store, exposure, metric, mask)] as const),
        ),
      ),
    [holes, store, metric, mask],
  );
  // The scale is that of the session, so that squares can be compared.
  const range = useMemo(() => figuresRange(store, metric), [store, metric]);
  const values = [...marks.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  const offsets: [number, number] | null =
    values.length > 0 ? [Math.min(...values), Math.max(...values)] : null;
  const scale = colorScale(
    metric === 'defocusOffset' ? offsets : range,
    betterEnd(metric),
    metric === 'defocusOffset',
  );
  const at = grid.squares.findIndex(({ name }) => name === square);
  const toggle = (region: GridRegion) => {
    const before = model.criteria.get();
    model.set({ ...before, regions: toggleRegion(before.regions, region) });
  };
  const all = holes?.holes.flatMap(({ exposures }) => exposures) ?? [];
  const hasTargets = all.some(({ targetDefocusUm }) => targetDefocusUm !== null);
  const isSelected = hasRegion(criteria.regions, { square, hole: null });
  const open = (base: string) =>
    void navigate({ to: '/s/$project/$user/$session/movie/$base', params: { ...key, base } });
  const step = (by: number, label: string, icon: React.ReactNode) => {
    const to = grid.squares[at + by];
    return (
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={label}
        title={label}
        disabled={at < 0 || to === undefined}
        onClick={() => to && props.onSquare(to.name)}
      >
        {icon}
      </ActionIcon>
    );
  };
  const { mean, sd, counted } = meanAndSpread(values);
  const { label, unit } = gridMetricWords(metric);
  const shown = marks.has(hovered ?? '') ? hovered : marks.has(pick ?? '') ? pick : null;
  const shared = { marks, metric, scale, square, criteria, onSelect: toggle };
  return (
    <>
      <div ref={head} className={classes.squareHead}>
        <Anchor component="button" className="no-print" size="sm" onClick={() => props.onSquare(null)}>
          <IconArrowLeft size={15} aria-hidden /> {gridWords.allSquares}
        </Anchor>
        <h2>{gridWords.squareName(square)}</h2>
        {at >= 0 && <span className="muted">{gridWords.place(at + 1, grid.squares.length)}</span>}
        <span className={`no-print ${classes.steps}`}>
          {step(-1, gridWords.previous, <IconChevronLeft size={18} />)}
          {step(1, gridWords.next, <IconChevronRight size={18} />)}
          <Button
            size="xs"
            variant={isSelected ? 'filled' : 'default'}
            aria-pressed={isSelected}
            aria-label={gridWords.selectSquare(square)}
            leftSection={isSelected ? <IconCheck size={15} /> : undefined}
            disabled={all.length === 0}
            onClick={() => toggle({ square, hole: null })}
          >
            {isSelected ? gridWords.selected : gridWords.select}
          </Button>
        </span>
      </div>
      {answer.isError && !holes ? (
        <Fault title={gridWords.squareFailed} error={answer.error} again={() => void answer.refetch()} />
      ) : !holes || !layout ? (
        <section aria-busy="true" aria-label={gridWords.loading}>
          <Skeleton height={480} radius={10} />
        </section>
      ) : all.length === 0 ? (
        <div className="card">
          <Empty
            icon={<IconGridDots size={28} stroke={1.5} />}
            title={gridWords.noSquare}
            hint={gridWords.noSquareHint}
          />
        </div>
      ) : (
        <>
          <GridTools {...{ metric, scale, hasTargets }} onMetric={props.onMetric}>
            <p className={classes.summary}>
              <span>
                {gridWords.movies(all.length)} · {gridWords.holes(holes.holes.length)}
              </span>
              {mean !== null && (
                <span title={gridWords.meanOf(counted)}>
                  {label}: <b>{gridNumber(metric, mean)}</b>
                  {sd !== null && ` ± ${gridNumber(metric, sd).replace('+', '')}`} {unit}
                </span>
              )}
            </p>
          </GridTools>
          <div className={classes.square}>
            <HolesMap
              {...shared}
              layout={layout}
              {...{ pick, hovered }}
              onHover={setHovered}
              hasSelection={selection !== null}
              onPick={props.onPick}
              onOpen={open}
            />
            <div className={classes.aside}>
              <ExposurePanel {...shared} holes={holes} base={shown} store={store} />
              {hasTargets && (
                <TargetPlot
                  exposures={all}
                  marks={marks}
                  chosen={shown}
                  onPick={props.onPick}
                  onHover={setHovered}
                />
              )}
            </div>
          </div>
          {isWhole && <HolesTable {...shared} holes={holes} hasTargets={hasTargets} onOpen={open} />}
        </>
      )}
    </>
  );
}
