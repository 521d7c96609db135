import type { MetricKey } from '../data/metrics.ts';

/**
 * Colours of points and curves: distinguishable with any kind of colour vision (Okabe & Ito 2008, "Color
 * Universal Design"), darkened on white and lightened on dark where the contrast requires it.
 */
export interface Palette {
  blue: string;
  orange: string;
  green: string;
  red: string;
  purple: string;
  grid: string;
  axis: string;
  text: string;
  strong: string;
  surface: string;
}
const LIGHT: Palette = {
  blue: '#0072b2',
  orange: '#d98a00',
  green: '#008a66',
  red: '#d55e00',
  purple: '#b0578d',
  grid: '#e8edf1',
  axis: '#c3ccd4',
  text: '#56626d',
  strong: '#14202b',
  surface: '#ffffff',
};
const DARK: Palette = {
  blue: '#56b4e9',
  orange: '#e8a61c',
  green: '#2fc49b',
  red: '#f07d33',
  purple: '#dd8fb9',
  grid: '#232c34',
  axis: '#3c4650',
  text: '#98a4ae',
  strong: '#eef2f5',
  surface: '#151b21',
};
export const paletteOf = (scheme: 'light' | 'dark') => (scheme === 'dark' ? DARK : LIGHT);

export const METRIC_COLORS: Partial<Record<MetricKey, keyof Palette>> = {
  defocusU: 'blue',
  defocusV: 'orange',
  defocus: 'blue',
  astigmatism: 'purple',
  fitResolution: 'green',
  motionTotal: 'blue',
  motionEarly: 'red',
  motionLate: 'green',
  confidence: 'green',
  iceRing: 'blue',
  meanIntensity: 'orange',
  seconds: 'purple',
};
