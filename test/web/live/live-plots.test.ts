import { expect, it } from 'vitest';
import { GRID_METRICS } from '../../../web/src/data/grid-choices.ts';
import { METRICS } from '../../../web/src/data/metrics.ts';
import { PLOTS } from '../../../web/src/live/live-plots.ts';

it('draws each metric once in the live view, related ones in one plot', () => {
  expect(PLOTS.map(({ title, metrics }) => [title, ...metrics])).toEqual([
    ['Defocus', 'defocusU', 'defocusV'],
    ['Fit resolution', 'fitResolution'],
    ['Astigmatism', 'astigmatism'],
    ['Motion', 'motionTotal', 'motionEarly', 'motionLate'],
    ['Confidence', 'confidence'],
    ['Ice ring', 'iceRing'],
    ['Mean intensity', 'meanIntensity'],
    ['Time per movie', 'seconds'],
  ]);
  const fromZero = PLOTS.filter((plot) => plot.fromZero).map(({ counted }) => counted);
  expect(fromZero).toEqual(['astigmatism', 'motionTotal', 'confidence', 'iceRing', 'seconds']);
});

it('colours the grid by the most telling metrics first', () => {
  expect(GRID_METRICS).toEqual([
    ...['fitResolution', 'confidence', 'defocus', 'defocusOffset', 'astigmatism'],
    ...['motionTotal', 'motionEarly', 'iceRing', 'meanIntensity'],
  ]);
  expect(METRICS.fitResolution.better).toBe('low');
  expect(METRICS.confidence.better).toBe('high');
});
