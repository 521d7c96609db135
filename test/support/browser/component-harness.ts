import type { Browser, Page } from 'playwright-core';
import { TEST_TIMEOUT_MS } from '../test-timeout.ts';
import type { FakeApi } from './fake-api.ts';
import { bundlePages } from './page-bundle.ts';
import { servePage } from './page-server.ts';
import { waitUntilSettled } from './settled.ts';

/** Alpha, 0..255, from which a pixel counts as drawn: points outside the selection have 71. */
const MIN_DRAWN_ALPHA = 40;

interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Functions of `component-page.tsx` in the browser. */
interface ComponentWindow {
  mountFixture(name: string, args: object): Promise<void>;
  reported: { readonly name: string; readonly value: unknown }[];
  countDrawnPixels(selector: string, box: PixelBox, color: string | null, minAlpha: number): number;
}

export interface ComponentHarness {
  readonly page: Page;
  readonly api: FakeApi;
  /** Uncaught errors, and errors on the console. */
  readonly pageErrors: string[];
  /**
   * Mounts the component of `test/web/<fixture>.fixture.tsx`.
   * @param search - query of the URL, such as `?plane=defocus_confidence`
   */
  mount(fixture: string, args: object, search?: string): Promise<void>;
  /** Values that the fixture reported under this name, oldest first. */
  reported(name: string): Promise<unknown[]>;
  /**
   * Number of drawn pixels of a canvas within the box, with at least this alpha (0..255), and of this colour
   * if one is given.
   */
  countDrawnPixels(selector: string, box: PixelBox, color?: string, minAlpha?: number): Promise<number>;
  /** Waits until the page no longer changes. */
  waitUntilSettled(): Promise<void>;
  /** PNG of the mounted component. */
  picture(): Promise<Buffer>;
  close(): Promise<void>;
}

/** A page in which a test mounts single components, with a fake API. */
export async function openComponentHarness(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<ComponentHarness> {
  const server = await servePage(await bundlePages(), 'component');
  const context = await browser.newContext({
    viewport: { width: 800, height: 700 },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(TEST_TIMEOUT_MS);
  const pageErrors: string[] = [];
  page.on('pageerror', (error) => pageErrors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') pageErrors.push(message.text());
  });
  return {
    page,
    api: server.api,
    pageErrors,
    async mount(fixture, args, search = '') {
      await page.goto(`${server.url}/${search}`);
      await page.waitForFunction('"mountFixture" in window');
      await page.evaluate(
        ([name, fixtureArgs]) => (globalThis as unknown as ComponentWindow).mountFixture(name, fixtureArgs),
        [fixture, args] as const,
      );
    },
    reported: (name) =>
      page.evaluate(
        (requestedName) =>
          (globalThis as unknown as ComponentWindow).reported
            .filter((entry) => entry.name === requestedName)
            .map(({ value }) => value),
        name,
      ),
    countDrawnPixels: (selector, box, color, minAlpha = MIN_DRAWN_ALPHA) =>
      page.evaluate(
        ([canvas, area, drawnColor, minimumAlpha]) =>
          (globalThis as unknown as ComponentWindow).countDrawnPixels(canvas, area, drawnColor, minimumAlpha),
        [selector, box, color ?? null, minAlpha] as const,
      ),
    waitUntilSettled: () => waitUntilSettled(page),
    picture: () => page.locator('[data-fixture]').screenshot({ animations: 'disabled' }),
    async close() {
      await context.close();
      await server.close();
    },
  };
}
