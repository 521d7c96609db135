import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { metricValue } from '../data/format.ts';
import type { MetricKey } from '../data/metrics.ts';
import { axisRange, median } from '../data/statistics.ts';
import { isFaint } from '../data/trust.ts';
import { type Observable, useObservable } from '../live/observable.ts';
import type { SeriesSnapshot } from '../live/session-feed.ts';
import { TrustNote } from '../parts/trust-note.tsx';
import { text } from '../text.ts';
import { METRIC_COLORS, paletteOf } from '../theme.ts';
import { Histogram } from './histogram.tsx';
import { paintChosen, paintPoints } from './paint.ts';
import classes from './plots.module.css';

const TOP_PX = 8;
const Y_AXIS_PX = 58;
const X_AXIS_PX = 38;
const NO_AXIS_PX = 6;

export interface SeriesPlotProps {
  title: string;
  metrics: readonly MetricKey[];
  snapshot: SeriesSnapshot;
  /** Shared by the plots of one view: index of the movie under the pointer. */
  hover: Observable<number | null>;
  /** Index of the chosen movie. */
  chosen: number | null;
  onChoose: (index: number) => void;
  onOpen: (index: number) => void;
  /** Shown movie numbers; null shows all. */
  zoom: readonly [number, number] | null;
  onZoom: (range: [number, number] | null) => void;
  height: number;
  withXAxis: boolean;
  fromZero?: boolean;
  /** The values come from the CTF fit: those of fits that cannot be believed are faded. */
  fromFit?: boolean;
  /** Which metric the histogram counts. */
  counted: MetricKey;
}

/** One metric family against the movie number: points, a live read-out and the distribution beside it. */
export function SeriesPlot(props: SeriesPlotProps) {
  const { title, metrics, snapshot, zoom, height, withXAxis, chosen, counted, hover } = props;
  const scheme = useComputedColorScheme('light');
  const palette = paletteOf(scheme);
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { store, version } = snapshot;
  const unit = text.metrics[metrics[0]!].unit;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the store is the same object; its version says that it changed
  const data = useMemo(() => {
    const columns = metrics.map((key) => store.column(key));
    return {
      columns: [store.seqs(), ...columns] as uPlot.AlignedData,
      y: axisRange(columns, props.fromZero ?? false) ?? ([0, 1] as [number, number]),
      median: median(store.column(counted)),
    };
  }, [store, version, metrics, counted, props.fromZero]);

  const live = useRef({ ...props, data, palette });
  live.current = { ...props, data, palette };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot is made anew only when its look changes
  useEffect(() => {
    const element = holder.current!;
    const colors = palette;
    const axis = {
      stroke: colors.text,
      font: '11px system-ui, sans-serif',
      labelFont: '11px system-ui, sans-serif',
    };
    const instance = new uPlot(
      {
        width: element.clientWidth || 300,
        height,
        padding: [TOP_PX, 10, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: 'session' },
          drag: { x: true, y: false, setScale: false },
          points: { size: 8, width: 1.5 },
          y: false,
          bind: {
            dblclick: () => () => {
              live.current.onZoom(null);
              return null;
            },
          },
        },
        scales: {
          x: {
            time: false,
            range: () => xRange(live.current.data.columns[0] as Float64Array, live.current.zoom),
          },
          y: { range: () => live.current.data.y },
        },
        axes: [
          {
            ...axis,
            size: withXAxis ? X_AXIS_PX : NO_AXIS_PX,
            grid: { stroke: colors.grid, width: 1 },
            ticks: { show: withXAxis, stroke: colors.axis, size: 4 },
            ...(withXAxis ? { label: text.plots.movieNumber, labelSize: 16, labelGap: -2, gap: 2 } : {}),
            values: (_u, ticks) =>
              ticks.map((t) => (withXAxis && Number.isInteger(t) ? t.toLocaleString('en') : '')),
          },
          {
            ...axis,
            size: Y_AXIS_PX - 18,
            label: unit,
            labelSize: 18,
            labelGap: 0,
            gap: 4,
            space: 26,
            grid: { stroke: colors.grid, width: 1 },
            ticks: { show: false },
          },
        ],
        series: [
          {},
          ...metrics.map((key) => {
            const color = colors[METRIC_COLORS[key] ?? 'blue'];
            return {
              stroke: color,
              points: { show: false },
              paths: (u: uPlot, s: number, a: number, b: number) => {
                const { fromFit, snapshot: shown } = live.current;
                const faint = (i: number) => isFaint(shown.store.value('confidence', i));
                return paintPoints(u, s, a, b, { color, isFaint: fromFit ? faint : undefined });
              },
            };
          }),
        ],
        hooks: {
          draw: [(u) => paintChosen(u, live.current.chosen, live.current.palette)],
          setCursor: [(u) => hover.set(u.cursor.idx ?? null)],
          setSelect: [
            (u) => {
              const { left, width } = u.select;
              if (width < 4) return;
              const range: [number, number] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              if (range[1] - range[0] >= 1) live.current.onZoom(range);
            },
          ],
        },
      },
      live.current.data.columns,
      element,
    );
    instance.over.addEventListener('click', () => {
      if (typeof instance.cursor.idx === 'number') live.current.onChoose(instance.cursor.idx);
    });
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) instance.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    plot.current = instance;
    return () => {
      observer.disconnect();
      instance.destroy();
      plot.current = null;
    };
  }, [scheme, height, withXAxis, metrics, unit]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what a new drawing depends on
  useEffect(() => plot.current?.setData(data.columns), [data, zoom]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark is drawn by a hook
  useEffect(() => plot.current?.redraw(false), [chosen]);

  const step = (by: number) => {
    if (store.size === 0) return;
    props.onChoose(Math.min(store.size - 1, Math.max(0, (chosen ?? store.size - 1) + by)));
  };
  const medianText = metricValue(counted, data.median);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{title}</span>
        <ReadOut {...props} medianText={medianText} />
      </figcaption>
      <div className={classes.row}>
        <div
          ref={holder}
          className={classes.plot}
          style={{ height }}
          role="slider"
          tabIndex={0}
          aria-label={text.plots.describe(title, store.size, medianText)}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, store.size - 1)}
          aria-valuenow={chosen ?? Math.max(0, store.size - 1)}
          aria-valuetext={
            chosen === null
              ? text.none
              : `${store.bases[chosen] ?? ''} ${metrics.map((k) => metricValue(k, store.value(k, chosen))).join(', ')}`
          }
          onKeyDown={(event) => {
            if (event.key === 'ArrowLeft') step(-1);
            else if (event.key === 'ArrowRight') step(1);
            else if (event.key === 'Enter' && chosen !== null) props.onOpen(chosen);
            else return;
            event.preventDefault();
          }}
        />
        <Histogram
          label={text.plots.histogram(text.metrics[counted].label)}
          values={store.column(counted)}
          version={version}
          range={data.y}
          median={data.median}
          height={height}
          top={TOP_PX}
          bottom={withXAxis ? X_AXIS_PX : NO_AXIS_PX}
          color={palette[METRIC_COLORS[counted] ?? 'blue']}
        />
      </div>
    </figure>
  );
}

/** Values of the movie under the pointer, else of the chosen one, else the median. */
function ReadOut(props: SeriesPlotProps & { medianText: string }) {
  const { hover, chosen, metrics, snapshot, medianText, fromFit } = props;
  const palette = paletteOf(useComputedColorScheme('light'));
  const under = useObservable(hover);
  const index = under ?? chosen;
  const { store } = snapshot;
  return (
    <span className={classes.readout}>
      {metrics.map((key) => (
        <span key={key} className={classes.entry}>
          {metrics.length > 1 && (
            <>
              <i className={classes.dot} style={{ background: palette[METRIC_COLORS[key] ?? 'blue'] }} />
              <span className="muted">{text.metrics[key].short}</span>
            </>
          )}
          {index !== null && index < store.size && <b>{metricValue(key, store.value(key, index))}</b>}
        </span>
      ))}
      {fromFit && index !== null && index < store.size && (
        <TrustNote confidence={store.value('confidence', index)} />
      )}
      <span className={`muted ${classes.median}`}>
        {text.plots.median} {medianText}
      </span>
    </span>
  );
}

function xRange(seqs: Float64Array, zoom: readonly [number, number] | null): [number, number] {
  if (zoom !== null) return [zoom[0], zoom[1]];
  if (seqs.length === 0) return [0, 1];
  const first = seqs[0]!;
  const last = seqs[seqs.length - 1]!;
  const pad = Math.max(0.5, (last - first) * 0.012);
  return [first - pad, last + pad];
}
