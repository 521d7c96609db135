import { expect, it } from 'vitest';
import { GOOD_CONFIDENCE } from '../../../src/contract/record.ts';
import { isDoubtful, METRIC_KEYS } from '../../../web/src/data/metrics.ts';

it('marks only the CTF metrics of low-confidence fits as doubtful', () => {
  expect(METRIC_KEYS.filter((metric) => isDoubtful(metric, GOOD_CONFIDENCE - 0.01))).toEqual([
    'defocus',
    'defocusU',
    'defocusV',
    'astigmatism',
    'fitResolution',
  ]);
  expect(METRIC_KEYS.some((metric) => isDoubtful(metric, GOOD_CONFIDENCE))).toBe(false);
  expect(METRIC_KEYS.some((metric) => isDoubtful(metric, null))).toBe(false);
});
