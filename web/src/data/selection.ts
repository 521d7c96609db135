import { type Box, type Criteria, hasLimits, isEmpty, limitsOf } from './criteria.ts';
import { type GridRegion, markSpans, type SpansOf } from './grid-regions.ts';
import type { Series } from './series.ts';

/** `mask[i]` is 1 for a movie that is selected. */
export interface Selection {
  readonly mask: Uint8Array;
  readonly count: number;
}

/**
 * Movies that meet the criteria; for a movie that was picked individually, the opposite applies. Null if
 * there is no selection.
 * @param spansOf - numbers of the movies in a region of the grid; while they are unknown, none of these
 * movies is selected
 */
export function select(
  series: Series,
  criteria: Criteria,
  picked: ReadonlySet<string>,
  spansOf: SpansOf = () => null,
): Selection | null {
  if (isEmpty(criteria) && picked.size === 0) return null;
  const mask = new Uint8Array(series.size);
  if (!isEmpty(criteria)) {
    mask.fill(1);
    keepByLimits(series, criteria, mask);
    if (criteria.box !== null) keepInBox(series, criteria.box, mask);
    if (criteria.regions.length > 0) keepInRegions(series, criteria.regions, spansOf, mask);
  }
  for (const base of picked) {
    const index = series.indexOf(base);
    if (index !== undefined) mask[index] = mask[index] === 1 ? 0 : 1;
  }
  let count = 0;
  for (const isSelected of mask) count += isSelected;
  return { mask, count };
}

function keepByLimits(series: Series, criteria: Criteria, mask: Uint8Array): void {
  if (!hasLimits(criteria)) return;
  const isWithin = new Uint8Array(series.size).fill(1);
  for (const [key, { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }] of limitsOf(
    criteria,
  )) {
    const values = series.column(key);
    for (let i = 0; i < values.length; i++) if (!isBetween(values[i], low, high)) isWithin[i] = 0;
  }
  const keptValue = criteria.limitMode === 'within' ? 1 : 0;
  for (let i = 0; i < mask.length; i++) if (isWithin[i] !== keptValue) mask[i] = 0;
}

function keepInBox(series: Series, box: Box, mask: Uint8Array): void {
  const [xs, ys] = [series.metrics.axisValues(box.x), series.metrics.axisValues(box.y)];
  for (let i = 0; i < mask.length; i++)
    if (!isBetween(xs[i], box.x0, box.x1) || !isBetween(ys[i], box.y0, box.y1)) mask[i] = 0;
}

function keepInRegions(
  series: Series,
  regions: readonly GridRegion[],
  spansOf: SpansOf,
  mask: Uint8Array,
): void {
  const isInside = new Uint8Array(series.size);
  for (const region of regions) markSpans(series.seqs(), spansOf(region) ?? [], isInside);
  for (let i = 0; i < mask.length; i++) if (isInside[i] !== 1) mask[i] = 0;
}

/** A movie without the metric (NaN) is not within its limits. */
const isBetween = (value: number | undefined, low: number, high: number): boolean =>
  value !== undefined && value >= low && value <= high;

/** Bases of the selected movies. */
export const selectedBases = (series: Series, { mask }: Selection): string[] =>
  series.bases.filter((_, index) => mask[index] === 1);
