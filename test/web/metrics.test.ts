import { expect, it } from 'vitest';
import { isDoubtful, METRIC_KEYS } from '../../web/src/data/metrics.ts';

it('doubts the figures of the fit where no rings were seen, and no others', () => {
  expect(METRIC_KEYS.filter((metric) => isDoubtful(metric, 0.05))).toEqual([
    'defocus',
    'defocusU',
    'defocusV',
    'astigmatism',
    'fitResolution',
  ]);
  expect(METRIC_KEYS.some((metric) => isDoubtful(metric, 0.1))).toBe(false);
  expect(METRIC_KEYS.some((metric) => isDoubtful(metric, null))).toBe(false);
});
