import type { AxisKey } from '../data/criteria.ts';
import type { MetricKey } from '../data/metrics.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { DragRectangle } from './drag-geometry.ts';
import { drawOverlay } from './overlay.ts';
import type { PlotGroup } from './plot-group.ts';
import { type PointsScene, PointsView, plotAreaOf } from './points-view.ts';

/** Plots within this distance of the visible part of the page are painted. */
const VISIBLE_MARGIN = '80px';

/** What a plot currently shows. */
export interface PlotState {
  readonly width: number;
  readonly height: number;
  readonly hasXAxis: boolean;
  /** Index of the chosen movie. */
  readonly chosen: number | null;
  readonly x: AxisKey;
  readonly metrics: readonly MetricKey[];
  readonly mainMetric: MetricKey;
  scene(): PointsScene;
}

interface PlotElements {
  readonly frame: HTMLElement;
  readonly points: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
}

/** Paints a plot when something changes, at most once per frame, and only while it is visible. */
export class PointsPainter {
  readonly #elements: PlotElements;
  readonly #model: SelectionModel;
  readonly #group: PlotGroup;
  readonly #state: () => PlotState;
  readonly #view: PointsView;
  readonly #observer: IntersectionObserver;
  readonly #subscriptions: readonly (() => void)[];
  #drag: DragRectangle | null = null;
  #request: number | null = null;
  #arePointsStale = true;
  #isVisible = true;
  #isPainted = false;

  constructor(elements: PlotElements, model: SelectionModel, group: PlotGroup, state: () => PlotState) {
    this.#elements = elements;
    this.#model = model;
    this.#group = group;
    this.#state = state;
    this.#view = new PointsView(elements.points);
    this.#subscriptions = [
      group.zoomX.subscribe(this.paintPoints),
      group.zoomY.subscribe(this.paintPoints),
      model.current.subscribe(this.paintPoints),
      model.criteria.subscribe(this.paintOverlay),
      group.hover.subscribe(this.paintOverlay),
    ];
    this.#observer = new IntersectionObserver(([entry]) => this.#setVisible(entry?.isIntersecting ?? true), {
      rootMargin: VISIBLE_MARGIN,
    });
    this.#observer.observe(elements.frame);
    addEventListener('beforeprint', this.#print);
    this.paintPoints();
  }

  close(): void {
    if (this.#request !== null) cancelAnimationFrame(this.#request);
    for (const unsubscribe of this.#subscriptions) unsubscribe();
    this.#observer.disconnect();
    removeEventListener('beforeprint', this.#print);
  }

  /** Paints everything in the next frame. */
  paintPoints = (): void => {
    this.#arePointsStale = true;
    this.paintOverlay();
  };

  /** Paints what follows the pointer, in the next frame. */
  paintOverlay = (): void => {
    this.#request ??= requestAnimationFrame(this.#paint);
  };

  setDrag(rectangle: DragRectangle | null): void {
    this.#drag = rectangle;
    this.paintOverlay();
  }

  #setVisible(isVisible: boolean): void {
    const hasAppeared = isVisible && !this.#isVisible;
    this.#isVisible = isVisible;
    if (hasAppeared) this.paintPoints();
  }

  #print = (): void => {
    this.#isVisible = true;
    this.#arePointsStale = true;
    this.#paint();
  };

  #paint = (): void => {
    this.#request = null;
    const state = this.#state();
    if (state.width <= 0 || (!this.#isVisible && this.#isPainted)) return;
    this.#isPainted = true;
    const scene = state.scene();
    const size = { width: state.width, height: state.height, ratio: devicePixelRatio };
    if (this.#arePointsStale) {
      const startMs = performance.now();
      this.#view.draw(scene, size);
      performance.measure('cryoem-plot', { start: startMs, end: performance.now() });
      performance.clearMeasures('cryoem-plot');
    }
    const criteria = this.#model.criteria.get();
    const { box } = criteria;
    const isInThisPlane = box !== null && box.x === state.x && state.metrics.some((key) => key === box.y);
    drawOverlay(
      this.#elements.overlay,
      {
        scene,
        hover: this.#group.hover.get(),
        chosen: state.chosen,
        criteria,
        mainMetric: state.mainMetric,
        box: isInThisPlane ? box : null,
        drag: this.#drag,
      },
      plotAreaOf(state.width, state.height, state.hasXAxis),
      size,
    );
    this.#arePointsStale = false;
  };
}
