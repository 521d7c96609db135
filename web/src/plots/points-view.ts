import { lowerBound } from '../data/lower-bound.ts';
import { niceTicks } from '../data/statistics.ts';
import { type Range, toPixel } from './axis.ts';
import { type CanvasSize, clearCanvas } from './canvas.ts';
import type { Palette } from './palette.ts';
import type { PointClasses } from './point-classes.ts';
import { cross, disc, Raster, rgbOf, type Stamp, triangle } from './raster.ts';

/** Points of one metric. */
interface PointSet {
  readonly ys: Float64Array;
  readonly color: string;
}

/** Everything that a drawing depends on. */
export interface PointsScene {
  readonly xs: Float64Array;
  readonly pointSets: readonly PointSet[];
  readonly size: number;
  /** Whether xs is ascending. */
  readonly isSorted: boolean;
  readonly x: Range;
  readonly y: Range;
  readonly xLabel: string | null;
  readonly yLabel: string;
  readonly classes: PointClasses;
  readonly palette: Palette;
}

const MARGINS = { left: 58, right: 10, top: 8 } as const;
const X_AXIS_PX = 38;
const NO_AXIS_PX = 6;
const FONT = '11px system-ui, sans-serif';
const ALPHA = { few: 0.85, many: 0.5, faint: 0.3, unselected: 0.28, rejected: 0.65 } as const;

/** Position and size of the area of the points within a figure, CSS pixels. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Area of the points in a figure of this size. */
export const plotAreaOf = (width: number, height: number, hasXAxis: boolean): PlotArea => ({
  left: MARGINS.left,
  top: MARGINS.top,
  width: Math.max(10, width - MARGINS.left - MARGINS.right),
  height: Math.max(10, height - MARGINS.top - (hasXAxis ? X_AXIS_PX : NO_AXIS_PX)),
});

const tickText = (value: number) => Number(value.toPrecision(6)).toLocaleString('en');
const radiusFor = (points: number) => (points <= 400 ? 2.6 : points <= 3000 ? 2 : points <= 20_000 ? 1.4 : 1);

/** Paints axes and points of a scene on a canvas. */
export class PointsView {
  readonly #canvas: HTMLCanvasElement;
  #raster: Raster | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  draw(scene: PointsScene, size: CanvasSize): void {
    const { width, height, ratio } = size;
    const context = clearCanvas(this.#canvas, size);
    const area = plotAreaOf(width, height, scene.xLabel !== null);
    this.#drawAxes(context, scene, area, height);
    this.#drawPoints(context, scene, area, ratio);
  }

  #drawAxes(
    context: CanvasRenderingContext2D,
    { x, y, xLabel, yLabel, palette }: PointsScene,
    area: PlotArea,
    height: number,
  ): void {
    context.font = FONT;
    context.fillStyle = palette.text;
    context.strokeStyle = palette.grid;
    context.lineWidth = 1;
    context.beginPath();
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const tick of niceTicks(y[0], y[1], Math.max(2, area.height / 34))) {
      const position = Math.round(area.top + area.height - toPixel(tick, y, area.height)) + 0.5;
      context.moveTo(area.left, position);
      context.lineTo(area.left + area.width, position);
      context.fillText(tickText(tick), area.left - 6, position);
    }
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const tick of niceTicks(x[0], x[1], Math.max(2, area.width / 90))) {
      const position = Math.round(area.left + toPixel(tick, x, area.width)) + 0.5;
      context.moveTo(position, area.top);
      context.lineTo(position, area.top + area.height);
      if (xLabel !== null) context.fillText(tickText(tick), position, area.top + area.height + 6);
    }
    context.stroke();
    if (xLabel !== null) {
      context.textBaseline = 'bottom';
      context.fillText(xLabel, area.left + area.width / 2, height - 2);
    }
    context.save();
    context.translate(11, area.top + area.height / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = 'middle';
    context.fillText(yLabel, 0, 0, height);
    context.restore();
  }

  #drawPoints(context: CanvasRenderingContext2D, scene: PointsScene, area: PlotArea, ratio: number): void {
    const [pixelWidth, pixelHeight] = [Math.round(area.width * ratio), Math.round(area.height * ratio)];
    if (this.#raster?.width !== pixelWidth || this.#raster.height !== pixelHeight)
      this.#raster = new Raster(pixelWidth, pixelHeight);
    const raster = this.#raster;
    raster.clear();
    const { size, pointSets, palette } = scene;
    const [firstIndex, endIndex] = scene.isSorted ? visibleIndices(scene.xs, size, scene.x) : [0, size];
    const radius = radiusFor(endIndex - firstIndex) * ratio;
    const shapes = {
      dot: disc(radius),
      cross: cross(Math.max(2, radius * 1.4)),
      up: triangle(Math.max(2.5 * ratio, radius), 1),
      down: triangle(Math.max(2.5 * ratio, radius), -1),
    };
    const alpha = endIndex - firstIndex > 3000 ? ALPHA.many : ALPHA.few;
    const scaleX = pixelWidth / (scene.x[1] - scene.x[0]);
    const scaleY = pixelHeight / (scene.y[1] - scene.y[0]);
    const { classes } = scene;
    const stampPoints = (ys: Float64Array, indices: Uint32Array, shape: Stamp) => {
      const end = lowerBound(indices, endIndex);
      for (let k = lowerBound(indices, firstIndex); k < end; k++) {
        const i = indices[k] ?? 0;
        const value = ys[i] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        const px = ((scene.xs[i] ?? Number.NaN) - scene.x[0]) * scaleX;
        const py = pixelHeight - (value - scene.y[0]) * scaleY;
        if (py < 0) raster.stamp(px, 0, shapes.up);
        else if (py > pixelHeight) raster.stamp(px, pixelHeight - 1, shapes.down);
        // A value exactly at the end of the axis is drawn on the edge.
        else raster.stamp(px, Math.min(pixelHeight - 1, py), shape);
      }
    };
    const gray = rgbOf(palette.text);
    for (const { ys } of pointSets) stampPoints(ys, classes.unselected, shapes.dot);
    raster.paint(gray, ALPHA.unselected);
    for (const { ys, color } of pointSets) {
      const rgb = rgbOf(color);
      stampPoints(ys, classes.faint, shapes.dot);
      raster.paint(rgb, alpha * ALPHA.faint);
      stampPoints(ys, classes.normal, shapes.dot);
      raster.paint(rgb, alpha);
    }
    for (const { ys } of pointSets) stampPoints(ys, classes.rejected, shapes.cross);
    raster.paint(gray, ALPHA.rejected);
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    raster.drawOn(context, Math.round(area.left * ratio), Math.round(area.top * ratio));
    context.restore();
  }
}

/** First index at or after the beginning of the range, and first index beyond its end. */
function visibleIndices(xs: Float64Array, size: number, [low, high]: Range): [number, number] {
  const firstIndexFrom = (limit: number, isExclusive: boolean) => {
    let a = 0;
    let b = size;
    while (a < b) {
      const middle = (a + b) >> 1;
      const x = xs[middle] ?? Number.NaN;
      if (x < limit || (isExclusive && x === limit)) a = middle + 1;
      else b = middle;
    }
    return a;
  };
  return [firstIndexFrom(low, false), firstIndexFrom(high, true)];
}
