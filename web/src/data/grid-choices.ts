import { type MetricKey, metricsIn } from './metrics.ts';

/** Values that can colour the grid: metrics of movies, and measured minus target defocus. */
export type GridMetric = MetricKey | 'defocusOffset';

/** The most important metrics come first; the others follow in the order of their declarations. */
const FIRST_METRICS: readonly GridMetric[] = [
  'fitResolution',
  'confidence',
  'defocus',
  'defocusOffset',
  'astigmatism',
  'motionTotal',
  'motionEarly',
];
export const GRID_METRICS: readonly GridMetric[] = [...new Set([...FIRST_METRICS, ...metricsIn('grid')])];

/** Orders of the squares of a grid. */
export const SQUARE_ORDERS = ['begun', 'best', 'worst', 'most'] as const;
export type SquareOrder = (typeof SQUARE_ORDERS)[number];
