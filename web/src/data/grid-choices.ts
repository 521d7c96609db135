import type { MetricKey } from './metrics.ts';

/** What can colour the grid: figures of movies, and measured less target defocus. */
export const GRID_METRICS = [
  'fitResolution',
  'confidence',
  'defocus',
  'defocusOffset',
  'astigmatism',
  'motionTotal',
  'motionEarly',
  'iceRing',
  'meanIntensity',
] as const satisfies readonly (MetricKey | 'defocusOffset')[];
export type GridMetric = (typeof GRID_METRICS)[number];

/** How the squares of a grid are sorted. */
export const SQUARE_ORDERS = ['begun', 'best', 'worst', 'most'] as const;
export type SquareOrder = (typeof SQUARE_ORDERS)[number];
