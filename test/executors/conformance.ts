import { afterEach, beforeEach, describe } from 'vitest';
import { testCancellation } from './conformance/cancelling.ts';
import { testRestart } from './conformance/restart.ts';
import { testRunning } from './conformance/running.ts';
import { testSlots } from './conformance/slots.ts';
import { type ExecutorHarness, Suite } from './conformance/suite.ts';

/** Tests the behaviour common to all executors. Call this function once in the test file of each executor. */
export function describeExecutor(name: string, harness: ExecutorHarness): void {
  describe(`executor ${name}`, () => {
    const suite = new Suite(harness);
    beforeEach(() => suite.open());
    afterEach(() => suite.close());

    testRunning(suite);
    testSlots(suite);
    testCancellation(suite);
    if (harness.outlivesService) testRestart(suite);
  });
}
