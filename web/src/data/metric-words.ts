import { fromEntries } from '../../../src/contract/from-entries.ts';
import { PAGE_METRICS } from '../../../src/contract/stored-metrics.ts';

/** Texts of a metric, as `src/contract/metrics.ts` declares it. */
export const metricWords = fromEntries(
  PAGE_METRICS.map(
    ({ key, label, shortLabel, unit, help }) => [key, { label, short: shortLabel, unit, help }] as const,
  ),
);
