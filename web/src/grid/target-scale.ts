/** Scales and edges of the plot of measured against target defocus, px. */
export interface TargetScale {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Visible targets, um. */
  readonly low: number;
  readonly high: number;
  /** The vertical axis goes from minus this to plus this, um. */
  readonly maxOffset: number;
  x(targetUm: number): number;
  y(offsetUm: number): number;
}

/** A movie in the plot: x is its target defocus, y measured minus target, um. */
export interface TargetPoint {
  readonly base: string;
  readonly x: number;
  readonly y: number;
  readonly isRejected: boolean;
}

export const TARGET_HEIGHT_PX = 200;
const MARGIN = { left: 52, right: 8, top: 8, bottom: 36 } as const;
const MIN_WIDTH_PX = 220;
/** Margin around the targets, um. */
const PADDING_UM = 0.12;
/** Range of the axis without any movie, um. */
const DEFAULT_TARGETS_UM = [0, 2] as const;
/** The vertical axis covers at least this difference: smaller ones do not matter. */
const MIN_OFFSET_UM = 0.1;
/** Factor that leaves free space above and below the points. */
const OFFSET_STRETCH = 1.15;
/** A pointer within this distance selects a point, px. */
const REACH_PX = 14;

/** @param figureWidth - px; 0 before it is known */
export function targetScale(points: readonly TargetPoint[], figureWidth: number): TargetScale {
  const width = Math.max(MIN_WIDTH_PX, figureWidth);
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  const [top, bottom] = [MARGIN.top, TARGET_HEIGHT_PX - MARGIN.bottom];
  const targets = points.map(({ x }) => x);
  const [low, high] =
    points.length === 0
      ? DEFAULT_TARGETS_UM
      : [Math.min(...targets) - PADDING_UM, Math.max(...targets) + PADDING_UM];
  const maxOffset = OFFSET_STRETCH * Math.max(MIN_OFFSET_UM, ...points.map(({ y }) => Math.abs(y)));
  return {
    width,
    left,
    right,
    top,
    bottom,
    low,
    high,
    maxOffset,
    x: (targetUm) => left + ((targetUm - low) / (high - low)) * (width - MARGIN.left - MARGIN.right),
    y: (offsetUm) => top + ((maxOffset - offsetUm) / (2 * maxOffset)) * (bottom - top),
  };
}

/** The movie under the pointer; null if there is none. @param pointer - px */
export function movieAt(
  points: readonly TargetPoint[],
  scale: TargetScale,
  pointer: { readonly x: number; readonly y: number },
): string | null {
  let nearest: string | null = null;
  let min = REACH_PX;
  for (const { base, x, y } of points) {
    const distance = Math.hypot(scale.x(x) - pointer.x, scale.y(y) - pointer.y);
    if (distance < min) [nearest, min] = [base, distance];
  }
  return nearest;
}
