import { fromEntries } from '../../src/contract/from-entries.ts';
import { STORED_METRICS } from '../../src/contract/stored-metrics.ts';

/**
 * The metrics of a movie that has none yet: what a test does not mention, and metrics that come later, are
 * null.
 */
export const NO_METRICS = fromEntries(STORED_METRICS.map(({ source }) => [source.field, null] as const));
