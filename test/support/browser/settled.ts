import type { Page } from 'playwright-core';
import { TEST_TIMEOUT_MS } from '../test-timeout.ts';

/** The page is stable if it has looked the same for this long, ms. */
const STABLE_MS = 250;

/** The page has content, nothing is loading, and its images are loaded. */
const IS_LOADED = `document.querySelector('#root *, [data-fixture]') !== null &&
  document.querySelector('[aria-busy="true"]') === null &&
  [...document.images].every((image) => image.complete)`;

/** Waits until the page is loaded and stable. */
export async function waitUntilSettled(page: Page): Promise<void> {
  await page.waitForFunction(IS_LOADED, undefined, { timeout: TEST_TIMEOUT_MS });
  const startMs = performance.now();
  let previousImage = await capture(page);
  for (;;) {
    await page.waitForTimeout(STABLE_MS);
    const currentImage = await capture(page);
    if (currentImage.equals(previousImage)) return;
    if (performance.now() - startMs > TEST_TIMEOUT_MS) throw new Error('The page does not stop changing');
    previousImage = currentImage;
  }
}

/** JPEG is faster than PNG. */
const capture = (page: Page) => page.screenshot({ animations: 'disabled', type: 'jpeg', quality: 60 });
