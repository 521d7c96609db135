import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import type { AxisKey } from '../data/criteria.ts';
import { metricValue } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import type { MetricKey } from '../data/metrics.ts';
import { isFaint } from '../data/trust.ts';
import { criterionWords, NONE } from '../data/words.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import type { Range } from './axis.ts';
import { LimitHandles } from './limit-handles.tsx';
import { nearest } from './nearest.ts';
import { type DragRectangle, drawOverlay } from './overlay.ts';
import { METRIC_COLORS, paletteOf } from './palette.ts';
import type { DragMode, PlotGroup } from './plot-group.ts';
import { pressOnPlot } from './plot-keys.ts';
import classes from './plots.module.css';
import { classify, type PointClasses } from './point-classes.ts';
import { boxOf, type PointsScene, PointsView } from './points-view.ts';
import { useDrag } from './use-drag.ts';

export interface PointsPlotProps {
  label: string;
  snapshot: SeriesSnapshot;
  model: SelectionModel;
  group: PlotGroup;
  mode: DragMode;
  x: AxisKey;
  metrics: readonly MetricKey[];
  /** The metric that the limits and the histogram are of. */
  counted: MetricKey;
  height: number;
  withXAxis: boolean;
  fromZero: boolean;
  /** The values come from the CTF fit: those of fits that cannot be believed are faded. */
  fromFit: boolean;
  chosen: number | null;
  onChoose: (index: number) => void;
  onOpen: (index: number) => void;
}

/** Points of metrics over movie numbers or over another metric, with brush, limits, zoom and pan. */
export function PointsPlot(props: PointsPlotProps) {
  const { snapshot, model, group, x, metrics, counted, height, withXAxis, chosen } = props;
  const { store } = snapshot;
  const palette = paletteOf(useComputedColorScheme('light'));
  const { ref: measured, width } = useElementSize<HTMLDivElement>();
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);

  const data = useMemo(() => {
    const columns = metrics.map((key) => store.column(key));
    return {
      xs: store.metrics.axis(x),
      columns,
      x: x === 'seq' ? seqRange(store.seqs()) : store.metrics.range([x], false),
      y: store.metrics.range(metrics, props.fromZero),
    };
  }, [store, x, metrics, props.fromZero]);

  const sorted = useRef<{ key: readonly unknown[]; classes: PointClasses } | null>(null);
  const classesNow = (): PointClasses => {
    const mask = maskOf(model, store.size);
    const key = [store, mask, props.fromFit];
    const last = sorted.current;
    if (last?.key.every((part, i) => part === key[i])) return last.classes;
    const faint = props.fromFit ? (i: number) => isFaint(store.value('confidence', i)) : null;
    const classes = classify(store.size, mask, (i) => store.has(i, 'rejected'), faint);
    sorted.current = { key, classes };
    return classes;
  };
  const scene = (): PointsScene => ({
    xs: data.xs,
    series: metrics.map((key, i) => ({
      ys: data.columns[i]!,
      color: palette[METRIC_COLORS[key] ?? 'blue'],
    })),
    size: store.size,
    isSorted: x === 'seq',
    x: group.zoomX.get() ?? data.x,
    y: group.zoomY.get() ?? data.y,
    xLabel: withXAxis ? axisLabel(x) : null,
    yLabel: metrics.length === 1 && x !== 'seq' ? axisLabel(metrics[0]!) : metricWords[metrics[0]!].unit,
    classes: classesNow(),
    palette,
  });

  const drag = useRef<DragRectangle | null>(null);
  const live = useRef({ scene, width, height, withXAxis, chosen, counted, x, metrics });
  live.current = { scene, width, height, withXAxis, chosen, counted, x, metrics };
  const painter = useRef<{ points(): void; overlay(): void } | null>(null);

  useEffect(() => {
    const view = new PointsView(base.current!);
    const wanted = { points: false, overlay: false };
    let request: number | null = null;
    let inSight = true;
    let isPainted = false;
    const paint = () => {
      request = null;
      const now = live.current;
      // Between a plot's leaving the page and the end of its subscriptions there is nothing to draw on.
      if (over.current === null || now.width <= 0 || (!inSight && isPainted)) return;
      isPainted = true;
      const drawn = now.scene();
      const size = { width: now.width, height: now.height, ratio: devicePixelRatio };
      if (wanted.points) {
        const began = performance.now();
        view.draw(drawn, size.width, size.height, size.ratio);
        performance.measure('cryoem-plot', { start: began, end: performance.now() });
        performance.clearMeasures('cryoem-plot');
      }
      const criteria = model.criteria.get();
      const { box } = criteria;
      const isHere = box !== null && box.x === now.x && now.metrics.some((key) => key === box.y);
      drawOverlay(
        over.current,
        {
          scene: drawn,
          hover: group.hover.get(),
          chosen: now.chosen,
          criteria,
          counted: now.counted,
          box: isHere ? box : null,
          drag: drag.current,
        },
        boxOf(now.width, now.height, now.withXAxis),
        size,
      );
      wanted.points = false;
      wanted.overlay = false;
    };
    const ask = (what: keyof typeof wanted) => () => {
      wanted[what] = true;
      request ??= requestAnimationFrame(paint);
    };
    const [points, overlay] = [ask('points'), ask('overlay')];
    painter.current = { points, overlay };
    const ends = [
      group.zoomX.subscribe(points),
      group.zoomY.subscribe(points),
      model.current.subscribe(points),
      model.criteria.subscribe(overlay),
      group.hover.subscribe(overlay),
    ];
    // What nobody sees is painted when it comes into sight.
    const observer = new IntersectionObserver(
      ([entry]) => {
        const came = entry?.isIntersecting === true && !inSight;
        inSight = entry?.isIntersecting ?? true;
        if (came) points();
      },
      { rootMargin: '80px' },
    );
    observer.observe(frame.current!);
    const onPrint = () => {
      inSight = true;
      wanted.points = true;
      paint();
    };
    addEventListener('beforeprint', onPrint);
    points();
    return () => {
      if (request !== null) cancelAnimationFrame(request);
      for (const end of ends) end();
      observer.disconnect();
      removeEventListener('beforeprint', onPrint);
      painter.current = null;
    };
  }, [group, model]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what a drawing depends on
  useEffect(() => painter.current?.points(), [data, palette, width, height, withXAxis]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark is drawn over the points
  useEffect(() => painter.current?.overlay(), [chosen]);

  const place = () => boxOf(width, height, withXAxis);
  const handlers = useDrag({
    mode: props.mode,
    group,
    isPlane: x !== 'seq',
    scene,
    place,
    onDrag(rectangle) {
      drag.current = rectangle;
      painter.current?.overlay();
    },
    onBrush: ([x0, x1], [y0, y1]) =>
      model.set({ ...model.criteria.get(), box: { x, y: brushed(metrics, counted), x0, x1, y0, y1 } }),
    onClick() {
      const index = group.hover.get();
      if (index !== null) props.onChoose(index);
    },
    onHover: (px, py) => group.hover.set(nearest(scene(), place(), px, py)),
  });
  const wheel = useRef(handlers.onWheel);
  wheel.current = handlers.onWheel;
  useEffect(() => {
    const element = frame.current!;
    const onWheel = (event: WheelEvent) =>
      wheel.current(event as WheelEvent & { currentTarget: HTMLElement });
    // React listens passively, so it could not keep the page from zooming.
    // One finger may scroll the page; two are ours.
    const onTouch = (event: TouchEvent) => {
      if (event.touches.length > 1) event.preventDefault();
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('touchstart', onTouch, { passive: false });
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('touchstart', onTouch);
    };
  }, []);

  const onKey = (key: string) =>
    pressOnPlot(key, {
      ...{ group, isPlane: x !== 'seq', size: store.size, chosen },
      ranges: scene,
      chosenAt: () => ({ x: data.xs[chosen ?? -1] ?? NaN, y: data.columns[0]![chosen ?? -1] ?? NaN }),
      ...{ onChoose: props.onChoose, onOpen: props.onOpen },
    });
  const { onWheel: _, ...pointer } = handlers;
  return (
    <div ref={measured} className={classes.plot} style={{ height }}>
      <div
        ref={frame}
        className={classes.canvas}
        data-mode={props.mode}
        role="slider"
        tabIndex={0}
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, store.size - 1)}
        aria-valuenow={chosen ?? Math.max(0, store.size - 1)}
        aria-valuetext={
          chosen === null
            ? NONE
            : `${store.bases[chosen] ?? ''} ${metrics.map((k) => metricValue(k, store.value(k, chosen))).join(', ')}`
        }
        onKeyDown={(event) => {
          const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
          if (isPlain && onKey(event.key)) event.preventDefault();
        }}
        {...pointer}
      >
        <canvas ref={base} aria-hidden />
        <canvas ref={over} aria-hidden />
      </div>
      {width > 0 && (
        <LimitHandles model={model} metric={counted} range={group.zoomY.get() ?? data.y} place={place()} />
      )}
    </div>
  );
}

const UNIT: Range = [0, 1];

const axisLabel = (key: AxisKey): string => {
  if (key === 'seq') return criterionWords.movieNumber;
  const { label, unit } = metricWords[key];
  return unit === '' ? label : `${label} (${unit})`;
};

/** A brush over curves of several metrics means the one that is counted, if it is among them. */
const brushed = (metrics: readonly MetricKey[], counted: MetricKey): MetricKey =>
  metrics.includes(counted) ? counted : metrics[0]!;

/** A mask of movies that are not there any more would select others. */
function maskOf(model: SelectionModel, size: number): Uint8Array | null {
  const mask = model.current.get()?.mask ?? null;
  return mask !== null && mask.length === size ? mask : null;
}

function seqRange(seqs: Float64Array): Range {
  if (seqs.length === 0) return UNIT;
  const [first, last] = [seqs[0]!, seqs[seqs.length - 1]!];
  const pad = Math.max(0.5, (last - first) * 0.012);
  return [first - pad, last + pad];
}
