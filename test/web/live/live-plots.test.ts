import { expect, it } from 'vitest';
import { GRID_METRICS } from '../../../web/src/data/grid-choices.ts';
import { METRICS } from '../../../web/src/data/metrics.ts';
import { PLOTS } from '../../../web/src/live/live-plots.ts';

it('draws each metric once in the live view, and related metrics in one plot', () => {
  expect(PLOTS.map(({ title, metrics }) => [title, ...metrics])).toEqual(
    expect.arrayContaining([
      ['Defocus', 'defocusU', 'defocusV'],
      ['Fit resolution', 'fitResolution'],
      ['Astigmatism', 'astigmatism'],
      ['Motion', 'motionTotal', 'motionEarly', 'motionLate'],
      ['Confidence', 'confidence'],
      ['Ice ring', 'iceRing'],
      ['Mean intensity', 'meanIntensity'],
      ['Time per movie', 'seconds'],
    ]),
  );
  const drawnMetrics = PLOTS.flatMap(({ metrics }) => metrics);
  expect(new Set(drawnMetrics).size).toBe(drawnMetrics.length);
  const metricsFromZero = PLOTS.filter((plot) => plot.startsAtZero).map(({ mainMetric }) => mainMetric);
  expect(metricsFromZero).toEqual(
    expect.arrayContaining(['astigmatism', 'motionTotal', 'confidence', 'iceRing', 'seconds']),
  );
});

it('offers the most informative metrics first as grid colours', () => {
  const expectedOrder = [
    'fitResolution',
    'confidence',
    'defocus',
    'defocusOffset',
    'astigmatism',
    'motionTotal',
    'motionEarly',
    'iceRing',
    'meanIntensity',
  ];
  expect(GRID_METRICS.filter((key) => expectedOrder.includes(key))).toEqual(expectedOrder);
  expect(METRICS.fitResolution.better).toBe('low');
  expect(METRICS.confidence.better).toBe('high');
});
