import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { TEST_TIMEOUT_MS } from '../test-timeout.ts';
import { type RunningService, TOKEN } from './harness.ts';

export { CHROMIUM, launchTestChromium } from '../browser/chromium.ts';

/** SCREENSHOTS: directory for screenshots of the tests. */
const SCREENSHOTS = process.env.SCREENSHOTS;
/** SLOWDOWN: factor by which the CPU of pages is slowed down, to find race conditions. */
const SLOWDOWN = Number(process.env.SLOWDOWN ?? 1);

export interface WatchedPage {
  readonly page: Page;
  /** Uncaught errors. */
  readonly pageErrors: string[];
  /** Requests to hosts other than the service's. */
  readonly foreignRequests: string[];
  /** A full-page screenshot, if SCREENSHOTS is set. */
  screenshot(name: string): Promise<void>;
}

/**
 * A page of 1400x1000 pixels that records errors and requests to other hosts.
 * @param origin - current origin of the service
 */
export async function openWatchedPage(browser: Browser, origin: () => string): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(TEST_TIMEOUT_MS);
  if (SLOWDOWN > 1)
    await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', {
      rate: SLOWDOWN,
    });
  const pageErrors: string[] = [];
  const foreignRequests: string[] = [];
  page.on('pageerror', (error) => pageErrors.push(String(error)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:/.test(url.origin) && url.origin !== origin()) foreignRequests.push(request.url());
  });
  return {
    page,
    pageErrors,
    foreignRequests,
    async screenshot(name) {
      if (!SCREENSHOTS) return;
      await mkdir(SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
    },
  };
}

/** Opens a path of the page, and logs in with the token. */
export async function logIn(page: Page, service: RunningService, path: string): Promise<void> {
  await page.goto(`${service.url}${path}`);
  await page.getByLabel('Access token').fill(TOKEN);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}
