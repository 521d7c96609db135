import type { MovieRow } from '../../../src/contract/api.ts';
import type { ColumnKey } from '../../../src/contract/columns.ts';
import { isFaint } from './trust.ts';

/** What the page plots and tabulates of a movie. Values are in the unit that the screen shows (µm, Å, s). */
export const METRIC_KEYS = [
  'defocus',
  'defocusU',
  'defocusV',
  'astigmatism',
  'fitResolution',
  'confidence',
  'iceRing',
  'motionTotal',
  'motionEarly',
  'motionLate',
  'meanIntensity',
  'seconds',
] as const;
export type MetricKey = (typeof METRIC_KEYS)[number];

export const ANGSTROM_PER_MICROMETRE = 10_000;
const MICROMETRES = 1 / ANGSTROM_PER_MICROMETRE;

/** Which columns of the service a metric is the mean of, what makes the screen's unit of them, digits after the point. */
interface Metric {
  readonly of: readonly [ColumnKey, ...ColumnKey[]];
  readonly scale: number;
  readonly digits: number;
}

export const METRICS: Record<MetricKey, Metric> = {
  defocus: { of: ['defocusUA', 'defocusVA'], scale: MICROMETRES, digits: 2 },
  defocusU: { of: ['defocusUA'], scale: MICROMETRES, digits: 2 },
  defocusV: { of: ['defocusVA'], scale: MICROMETRES, digits: 2 },
  astigmatism: { of: ['astigmatismA'], scale: 1, digits: 0 },
  fitResolution: { of: ['fitResolutionA'], scale: 1, digits: 2 },
  confidence: { of: ['confidence'], scale: 1, digits: 2 },
  iceRing: { of: ['iceRingScore'], scale: 1, digits: 2 },
  motionTotal: { of: ['motionTotalA'], scale: 1, digits: 1 },
  motionEarly: { of: ['motionEarlyA'], scale: 1, digits: 1 },
  motionLate: { of: ['motionLateA'], scale: 1, digits: 1 },
  meanIntensity: { of: ['meanIntensity'], scale: 1, digits: 2 },
  seconds: { of: ['seconds'], scale: 1, digits: 1 },
};

/** Value for the screen; NaN where the movie has none. */
export function metricOf(key: MetricKey, read: (column: ColumnKey) => number | null): number {
  const { of, scale } = METRICS[key];
  let sum = 0;
  for (const column of of) sum += read(column) ?? Number.NaN;
  return (sum * scale) / of.length;
}

/** null where the movie has none. */
export function metricOfRow(key: MetricKey, row: MovieRow): number | null {
  const value = metricOf(key, (column) => row[column]);
  return Number.isNaN(value) ? null : value;
}

export const OF_THE_FIT: readonly MetricKey[] = [
  'defocus',
  'defocusU',
  'defocusV',
  'astigmatism',
  'fitResolution',
];

/** Whether a figure of a movie is to be shown faded, because it comes from a fit that cannot be believed. */
export const isDoubtful = (metric: MetricKey, confidence: number | null): boolean =>
  isFaint(confidence) && OF_THE_FIT.includes(metric);
