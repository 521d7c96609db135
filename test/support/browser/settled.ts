import type { Page } from 'playwright-core';

/** The page is still when it has looked the same for so long, ms. */
const STILL_MS = 250;
const TIMEOUT_MS = 30_000;

/** Waits until no element and no picture of the page has changed for a while, then for its next frame. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: TIMEOUT_MS });
  const began = performance.now();
  let before = await page.screenshot({ animations: 'disabled' });
  for (;;) {
    await page.waitForTimeout(STILL_MS);
    const now = await page.screenshot({ animations: 'disabled' });
    if (now.equals(before)) return;
    if (performance.now() - began > TIMEOUT_MS) throw new Error('The page does not come to rest');
    before = now;
  }
}
