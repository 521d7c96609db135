import { useElementSize } from '@mantine/hooks';
import { type RefObject, useEffect, useRef } from 'react';
import { metricText } from '../data/format.ts';
import { NONE } from '../data/words.ts';
import { LimitHandles } from './limit-handles.tsx';
import { nearestMovie } from './nearest.ts';
import { handlePlotKey } from './plot-keys.ts';
import classes from './plots.module.css';
import { type PlotState, PointsPainter } from './points-painter.ts';
import type { PointsPlotProps } from './points-props.ts';
import { plotAreaOf } from './points-view.ts';
import { useActiveListeners } from './use-active-listeners.ts';
import { useDrag } from './use-drag.ts';
import { usePointsScene } from './use-points-scene.ts';

/** Points of metrics against movie numbers or another metric, with brush, limits, zoom and pan. */
export function PointsPlot(props: PointsPlotProps) {
  const { snapshot, model, group, x, metrics, mainMetric, height, hasXAxis, chosen } = props;
  const { series } = snapshot;
  const { ref: measuredRef, width } = useElementSize<HTMLDivElement>();
  const elements = {
    frame: useRef<HTMLDivElement>(null),
    points: useRef<HTMLCanvasElement>(null),
    overlay: useRef<HTMLCanvasElement>(null),
  };
  const { columns, palette, scene } = usePointsScene(props);
  const painter = usePainter(props, elements, {
    scene,
    width,
    height,
    hasXAxis,
    chosen,
    mainMetric,
    x,
    metrics,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what a drawing depends on
  useEffect(() => painter.current?.paintPoints(), [columns, palette, width, height, hasXAxis]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark is drawn over the points
  useEffect(() => painter.current?.paintOverlay(), [chosen]);

  const canZoomY = x !== 'seq';
  const area = () => plotAreaOf(width, height, hasXAxis);
  const { onWheel, ...pointerHandlers } = useDrag({
    mode: props.mode,
    group,
    canZoomY,
    scene,
    area,
    onDrag: (rectangle) => painter.current?.setDrag(rectangle),
    onBrush([x0, x1], [y0, y1]) {
      // A brush in a plot of several metrics selects by the main one if it is drawn, otherwise by the first.
      const y = metrics.includes(mainMetric) ? mainMetric : (metrics[0] ?? mainMetric);
      model.set({ ...model.criteria.get(), box: { x, y, x0, x1, y0, y1 } });
    },
    onClick() {
      const index = group.hover.get();
      if (index !== null) props.onChoose(index);
    },
    onHover: (px, py) => group.hover.set(nearestMovie(scene(), area(), px, py)),
  });
  useActiveListeners(elements.frame, onWheel);

  const onKey = (key: string) =>
    handlePlotKey(key, {
      group,
      canZoomY,
      size: series.size,
      chosen,
      ranges: scene,
      chosenPosition: () => ({
        x: columns.xs[chosen ?? -1] ?? Number.NaN,
        y: columns.ys[0]?.values[chosen ?? -1] ?? Number.NaN,
      }),
      onChoose: props.onChoose,
      onOpen: props.onOpen,
    });
  const lastIndex = Math.max(0, series.size - 1);
  const chosenText = (index: number) =>
    `${series.bases[index] ?? ''} ${metrics.map((key) => metricText(key, series.value(key, index))).join(', ')}`;
  return (
    <div ref={measuredRef} className={classes.plot} style={{ height }}>
      <div
        ref={elements.frame}
        className={classes.canvas}
        data-mode={props.mode}
        role="slider"
        tabIndex={0}
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={lastIndex}
        aria-valuenow={chosen ?? lastIndex}
        aria-valuetext={chosen === null ? NONE : chosenText(chosen)}
        onKeyDown={(event) => {
          const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
          if (isPlain && onKey(event.key)) event.preventDefault();
        }}
        {...pointerHandlers}
      >
        <canvas ref={elements.points} aria-hidden />
        <canvas ref={elements.overlay} aria-hidden />
      </div>
      {width > 0 && (
        <LimitHandles
          model={model}
          metric={mainMetric}
          range={group.zoomY.get() ?? columns.y}
          area={area()}
        />
      )}
    </div>
  );
}

/** The painter of a plot, which reads its state when it paints. */
function usePainter(
  { model, group }: Pick<PointsPlotProps, 'model' | 'group'>,
  elements: {
    readonly frame: RefObject<HTMLElement | null>;
    readonly points: RefObject<HTMLCanvasElement | null>;
    readonly overlay: RefObject<HTMLCanvasElement | null>;
  },
  state: PlotState,
): RefObject<PointsPainter | null> {
  const painter = useRef<PointsPainter | null>(null);
  const latestState = useRef(state);
  latestState.current = state;
  const { frame, points, overlay } = elements;
  useEffect(() => {
    if (frame.current === null || points.current === null || overlay.current === null) return;
    const newPainter = new PointsPainter(
      { frame: frame.current, points: points.current, overlay: overlay.current },
      model,
      group,
      () => latestState.current,
    );
    painter.current = newPainter;
    return () => {
      newPainter.close();
      painter.current = null;
    };
  }, [model, group, frame, points, overlay]);
  return painter;
}
