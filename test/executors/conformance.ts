import { afterEach, beforeEach, describe } from 'vitest';
import { cancelsBatches } from './conformance/cancelling.ts';
import { runsBatches } from './conformance/running.ts';
import { sharesSlots } from './conformance/slots.ts';
import { type ExecutorHarness, Suite } from './conformance/suite.ts';
import { outlivesItsService } from './conformance/surviving.ts';

/** The behaviour common to all executors. Call it once in the test file of each. */
export function describeExecutor(name: string, harness: ExecutorHarness): void {
  describe(`executor ${name}`, () => {
    const suite = new Suite(harness);
    beforeEach(() => suite.open());
    afterEach(() => suite.close());

    runsBatches(suite);
    sharesSlots(suite);
    cancelsBatches(suite);
    if (harness.outlivesService) outlivesItsService(suite);
  });
}
