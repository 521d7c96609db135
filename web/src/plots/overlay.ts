import type { Box, Criteria } from '../data/criteria.ts';
import type { MetricKey } from '../data/metrics.ts';
import { type Range, toPixel } from './axis.ts';
import { type CanvasSize, clearCanvas } from './canvas.ts';
import type { DragRectangle } from './drag-geometry.ts';
import type { PlotArea, PointsScene } from './points-view.ts';

export interface OverlayState {
  readonly scene: PointsScene;
  /** Index of the movie under the pointer. */
  readonly hover: number | null;
  /** Index of the chosen movie. */
  readonly chosen: number | null;
  readonly criteria: Criteria;
  readonly mainMetric: MetricKey;
  /** The box of the criteria, if it is in the plane of this plot. */
  readonly box: Box | null;
  /** Area covered by the drag in progress. */
  readonly drag: DragRectangle | null;
}

const LINE_ALPHA = 0.45;

/** Draws what changes with every move of the pointer, on a separate canvas above the points. */
export function drawOverlay(
  canvas: HTMLCanvasElement,
  state: OverlayState,
  area: PlotArea,
  size: CanvasSize,
): void {
  const context = clearCanvas(canvas, size);
  context.translate(area.left, area.top);
  const { scene, drag, box } = state;
  const x = (value: number) => toPixel(value, scene.x, area.width);
  const y = (value: number) => area.height - toPixel(value, scene.y, area.height);
  context.save();
  context.beginPath();
  context.rect(-1, -1, area.width + 2, area.height + 2);
  context.clip();
  if (box !== null) drawRectangle(context, x(box.x0), y(box.y1), x(box.x1), y(box.y0), scene.palette.orange);
  if (drag !== null) drawRectangle(context, drag.x0, drag.y0, drag.x1, drag.y1, scene.palette.blue);
  drawLimits(context, state, area, y);
  context.restore();
  drawMark(context, state.hover, state, area, { x, y });
  if (state.chosen !== null) drawMark(context, state.chosen, state, area, { x, y });
}

function drawRectangle(
  context: CanvasRenderingContext2D,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  color: string,
): void {
  context.fillStyle = color;
  context.strokeStyle = color;
  context.globalAlpha = 0.13;
  context.fillRect(x0, y0, x1 - x0, y1 - y0);
  context.globalAlpha = 1;
  context.lineWidth = 1.2;
  context.strokeRect(x0, y0, x1 - x0, y1 - y0);
}

/** Lines at the limits, and a tint over the values beyond them. */
function drawLimits(
  context: CanvasRenderingContext2D,
  { scene, criteria, mainMetric }: OverlayState,
  area: PlotArea,
  y: (value: number) => number,
): void {
  const limit = criteria.limits[mainMetric];
  if (limit === undefined) return;
  const spans: Range[] = [];
  if (limit.high !== undefined) spans.push([0, y(limit.high)]);
  if (limit.low !== undefined) spans.push([y(limit.low), area.height]);
  context.fillStyle = scene.palette.red;
  context.strokeStyle = scene.palette.red;
  for (const [top, bottom] of spans) {
    context.globalAlpha = 0.08;
    context.fillRect(0, Math.max(0, top), area.width, Math.max(0, bottom - Math.max(0, top)));
  }
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.beginPath();
  for (const value of [limit.low, limit.high])
    if (value !== undefined) {
      context.moveTo(0, y(value));
      context.lineTo(area.width, y(value));
    }
  context.stroke();
  context.setLineDash([]);
}

/** A line at a movie, and a ring around each of its points. */
function drawMark(
  context: CanvasRenderingContext2D,
  index: number | null,
  { scene }: OverlayState,
  area: PlotArea,
  scales: { x: (value: number) => number; y: (value: number) => number },
): void {
  if (index === null || index >= scene.size) return;
  const x = scales.x(scene.xs[index] ?? Number.NaN);
  if (!(x >= 0 && x <= area.width)) return;
  context.strokeStyle = scene.palette.strong;
  if (scene.isSorted) {
    context.globalAlpha = LINE_ALPHA;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, 0);
    context.lineTo(x, area.height);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineWidth = 1.6;
  for (const { ys } of scene.pointSets) {
    const value = ys[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    context.beginPath();
    context.arc(x, Math.min(area.height, Math.max(0, scales.y(value))), 5, 0, 2 * Math.PI);
    context.stroke();
  }
}
