import { fromEntries } from '../../src/contract/from-entries.ts';
import { STORED_METRICS } from '../../src/contract/stored-metrics.ts';

/** All metrics as null, for those that a test does not set; includes metrics that are added later. */
export const NO_METRICS = fromEntries(STORED_METRICS.map(({ source }) => [source.field, null] as const));
