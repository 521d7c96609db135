import type { Page } from 'playwright-core';

/** The page is still when it has looked the same for so long, ms. */
const STILL_MS = 250;
const TIMEOUT_MS = 30_000;

/** Something is on the page, nothing on it is awaited, and its pictures are there. */
const IS_LOADED = `document.querySelector('#root *, [data-fixture]') !== null &&
  document.querySelector('[aria-busy="true"]') === null &&
  [...document.images].every((image) => image.complete)`;

/** Waits until the page is loaded and has looked the same for a while. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(IS_LOADED, undefined, { timeout: TIMEOUT_MS });
  const began = performance.now();
  let before = await look(page);
  for (;;) {
    await page.waitForTimeout(STILL_MS);
    const now = await look(page);
    if (now.equals(before)) return;
    if (performance.now() - began > TIMEOUT_MS) throw new Error('The page does not come to rest');
    before = now;
  }
}

/** JPEG is quicker than PNG. */
const look = (page: Page) => page.screenshot({ animations: 'disabled', type: 'jpeg', quality: 60 });
