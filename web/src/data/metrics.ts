import type { MovieRow } from '../../../src/contract/api.ts';
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

const micrometres = (a: number | null) => (a === null ? null : a / ANGSTROM_PER_MICROMETRE);
const mean = (a: number | null, b: number | null) => (a === null || b === null ? null : (a + b) / 2);

/** `read` gives the value for the screen, null where the movie has none; `digits` follow the decimal point. */
export const METRICS: Record<MetricKey, { read: (row: MovieRow) => number | null; digits: number }> = {
  defocus: { read: (r) => micrometres(mean(r.defocusUA, r.defocusVA)), digits: 2 },
  defocusU: { read: (r) => micrometres(r.defocusUA), digits: 2 },
  defocusV: { read: (r) => micrometres(r.defocusVA), digits: 2 },
  astigmatism: { read: (r) => r.astigmatismA, digits: 0 },
  fitResolution: { read: (r) => r.fitResolutionA, digits: 2 },
  confidence: { read: (r) => r.confidence, digits: 2 },
  iceRing: { read: (r) => r.iceRingScore, digits: 2 },
  motionTotal: { read: (r) => r.motionTotalA, digits: 1 },
  motionEarly: { read: (r) => r.motionEarlyA, digits: 1 },
  motionLate: { read: (r) => r.motionLateA, digits: 1 },
  meanIntensity: { read: (r) => r.meanIntensity, digits: 2 },
  seconds: { read: (r) => r.seconds, digits: 1 },
};

const OF_THE_FIT: readonly MetricKey[] = ['defocus', 'defocusU', 'defocusV', 'astigmatism', 'fitResolution'];

/** Whether a figure of a movie is to be shown faded, because it comes from a fit that cannot be believed. */
export const isDoubtful = (metric: MetricKey, confidence: number | null): boolean =>
  isFaint(confidence) && OF_THE_FIT.includes(metric);
