import type uPlot from 'uplot';
import type { Palette } from '../theme.ts';

/** Above so many points squares are painted instead of discs: one fillRect each, 20,000 in about 35 ms. */
const DISCS_UP_TO = 1500;

const radiusFor = (points: number) => (points <= 400 ? 2.6 : points <= 3000 ? 2 : 1.4);

export interface PointLook {
  readonly color: string;
  /** Which movies' values are not to be believed; absent: none. */
  readonly isFaint?: ((index: number) => boolean) | undefined;
}

const FAINT = 0.3;

/**
 * Painter of one series as points. A value beyond the axis is painted as a small triangle at the edge that it is beyond,
 * so that an outlier is neither lost nor allowed to flatten the rest. Faint points lie below the others.
 */
export function paintPoints(
  u: uPlot,
  seriesIndex: number,
  from: number,
  to: number,
  { color, isFaint }: PointLook,
): null {
  const { ctx, bbox } = u;
  const xs = u.data[0];
  const ys = u.data[seriesIndex]!;
  const { min: x0 = 0, max: x1 = 1 } = u.scales.x!;
  const { min: y0 = 0, max: y1 = 1 } = u.scales.y!;
  const ratio = devicePixelRatio;
  const radius = radiusFor(to - from + 1) * ratio;
  const scaleX = bbox.width / (x1! - x0!);
  const scaleY = bbox.height / (y1! - y0!);
  const bottom = bbox.top + bbox.height;
  const discs = to - from < DISCS_UP_TO;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - radius, bbox.top - radius, bbox.width + 2 * radius, bbox.height + 2 * radius);
  ctx.clip();
  ctx.fillStyle = color;
  for (const faint of isFaint ? [true, false] : [false]) {
    ctx.globalAlpha = (discs ? 0.85 : 0.7) * (faint ? FAINT : 1);
    ctx.beginPath();
    for (let i = from; i <= to; i++) {
      const value = ys[i];
      if (value === null || value === undefined || Number.isNaN(value)) continue;
      if (isFaint && isFaint(i) !== faint) continue;
      const x = bbox.left + (xs[i]! - x0!) * scaleX;
      const y = bottom - (value - y0!) * scaleY;
      if (y < bbox.top || y > bottom) {
        const edge = y < bbox.top ? bbox.top + radius : bottom - radius;
        const tip = y < bbox.top ? -radius : radius;
        ctx.moveTo(x, edge + tip);
        ctx.lineTo(x - radius * 1.4, edge - tip);
        ctx.lineTo(x + radius * 1.4, edge - tip);
        ctx.closePath();
      } else if (discs) {
        ctx.moveTo(x + radius, y);
        ctx.arc(x, y, radius, 0, 2 * Math.PI);
      } else ctx.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
    ctx.fill();
  }
  ctx.restore();
  return null;
}

/** Vertical line at the chosen movie, with a ring round each of its points. */
export function paintChosen(u: uPlot, index: number | null, palette: Palette): void {
  if (index === null || index < 0 || index >= u.data[0].length) return;
  const { ctx, bbox } = u;
  const x = u.valToPos(u.data[0][index]!, 'x', true);
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = palette.strong;
  ctx.globalAlpha = 0.4;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.6 * ratio;
  for (let s = 1; s < u.data.length; s++) {
    const value = u.data[s]![index];
    if (value === null || value === undefined || Number.isNaN(value)) continue;
    const y = Math.min(bbox.top + bbox.height, Math.max(bbox.top, u.valToPos(value, 'y', true)));
    ctx.beginPath();
    ctx.arc(x, y, 5 * ratio, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.restore();
}
