import type { GridRegion } from './grid-regions.ts';
import type { MetricKey } from './metrics.ts';

/** Quantity on an axis of a plot: a metric, or the number of the movie. */
export type AxisKey = MetricKey | 'seq';

export interface Limit {
  readonly low?: number;
  readonly high?: number;
}

/** A box in the plane of two axes, drawn with the brush. */
export interface Box {
  readonly x: AxisKey;
  readonly y: AxisKey;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Criteria that select movies by their metrics and their position on the grid; all must be met. */
export interface Criteria {
  readonly limits: Partial<Record<MetricKey, Limit>>;
  /**
   * Whether movies within all limits are selected, or those that are outside at least one of them or lack the
   * metric.
   */
  readonly limitMode: 'within' | 'beyond';
  readonly box: Box | null;
  /** Movies in any of these grid squares and holes are selected; without regions, movies at any position. */
  readonly regions: readonly GridRegion[];
}

export const NO_CRITERIA: Criteria = { limits: {}, limitMode: 'within', box: null, regions: [] };

export const hasLimits = ({ limits }: Criteria): boolean => Object.keys(limits).length > 0;

export const isEmpty = (criteria: Criteria): boolean =>
  !hasLimits(criteria) && criteria.box === null && criteria.regions.length === 0;

/** @param limit - without `low` and `high` the limit of the metric is removed */
export function withLimit(criteria: Criteria, key: MetricKey, limit: Limit): Criteria {
  const { [key]: _, ...limits } = criteria.limits;
  const isSet = limit.low !== undefined || limit.high !== undefined;
  return { ...criteria, limits: isSet ? { ...limits, [key]: limit } : limits };
}

/** The metrics that have limits, in the order in which these were set. */
export const limitsOf = ({ limits }: Criteria): readonly (readonly [MetricKey, Limit])[] =>
  Object.entries(limits) as [MetricKey, Limit][];
