import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { CHROMIUM, launchTestChromium } from './chromium.ts';
import { type ComponentHarness, openComponentHarness } from './component-harness.ts';

/** Objects that the tests of a component share. */
interface ComponentTests {
  /** Opened before the first test. */
  readonly harness: ComponentHarness;
  /** The newest value that the fixture reported under this name. */
  last<T>(name: string): Promise<T>;
}

/**
 * Tests of one component in Chromium, with one page for all of them. A test fails if the page reports an
 * error.
 * @param tests - defines the tests; `shared.harness` exists only while they run
 */
export function describeComponent(name: string, tests: (shared: ComponentTests) => void): void {
  describe.skipIf(!CHROMIUM)(`${name} in Chromium [needs Chromium: Debian package chromium]`, () => {
    let browser: Browser | undefined;
    let harness: ComponentHarness | undefined;
    const shared: ComponentTests = {
      get harness() {
        if (harness === undefined) throw new Error('There is no page before the first test');
        return harness;
      },
      last: async <T>(reported: string) => (await shared.harness.reported(reported)).at(-1) as T,
    };
    beforeAll(async () => {
      browser = await launchTestChromium();
      harness = await openComponentHarness(browser);
    });
    afterEach(() => expect(shared.harness.pageErrors.splice(0)).toEqual([]));
    afterAll(async () => {
      await harness?.close();
      await browser?.close();
    });
    tests(shared);
  });
}

/** Numbers in an attribute of each element, such as the `x` of the bars of a chart. */
export const numbersOf = (elements: Locator, attribute: string): Promise<number[]> =>
  elements.evaluateAll(
    (all: { getAttribute(name: string): string | null }[], name) =>
      all.map((element) => Number(element.getAttribute(name))),
    attribute,
  );
