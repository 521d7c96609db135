import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchTestChromium } from '../support/browser/chromium.ts';
import { type FontEnvironment, HAS_GOLDEN_FONT, makeFontEnvironment } from '../support/browser/fonts.ts';
import { bundlePages } from '../support/browser/page-bundle.ts';
import { type PageServer, servePage } from '../support/browser/page-server.ts';
import { waitUntilSettled } from '../support/browser/settled.ts';
import { expectGolden } from '../support/golden-picture.ts';
import { EXAMPLE_NOW } from './example/movies.ts';
import { EXAMPLE_ADDRESS, EXAMPLE_API_PATH, serveExample } from './example/service.ts';
import { EXAMPLE_ROWS, EXAMPLE_WRONG_GAIN } from './example/session.ts';

const canDraw = CHROMIUM !== undefined && HAS_GOLDEN_FONT;
const movie = EXAMPLE_ROWS.at(-1)?.base ?? '';

/** Name of each picture, and address of the view that it shows. */
const VIEWS: readonly (readonly [string, string])[] = [
  ['list', '/'],
  ['wall-display', '/kiosk'],
  ['live', EXAMPLE_ADDRESS],
  ['gallery', `${EXAMPLE_ADDRESS}?tab=gallery`],
  ['grid', `${EXAMPLE_ADDRESS}?tab=grid`],
  ['grid-square', `${EXAMPLE_ADDRESS}?tab=grid&square=29273000&pick=${EXAMPLE_ROWS[5]?.base}`],
  ['table', `${EXAMPLE_ADDRESS}?tab=table&sel=fitResolution__8`],
  ['failures', `${EXAMPLE_ADDRESS}?tab=failures&cause=MOVIE_TRUNCATED`],
  ['timeline', `${EXAMPLE_ADDRESS}?tab=timeline`],
  ['gain', `${EXAMPLE_ADDRESS}?tab=gain`],
  ['settings', `${EXAMPLE_ADDRESS}?tab=settings`],
  ['start', `${EXAMPLE_ADDRESS}?dialog=start`],
  ['movie', `${EXAMPLE_ADDRESS}/movie/${movie}`],
];

describe.skipIf(!canDraw)('views match their golden images [needs Chromium and DejaVu Sans]', () => {
  let fonts: FontEnvironment;
  let browser: Browser;
  let server: PageServer;
  let context: BrowserContext;

  beforeAll(async () => {
    fonts = await makeFontEnvironment();
    [browser, server] = await Promise.all([
      launchTestChromium(fonts.env),
      bundlePages().then((bundle) => servePage(bundle, 'app')),
    ]);
    context = await browser.newContext({
      viewport: { width: 1200, height: 900 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    await context.clock.setFixedTime(EXAMPLE_NOW);
  });
  afterAll(async () => {
    await context?.close();
    await server?.close();
    await browser?.close();
    await fonts?.remove();
  });

  const pictureOf = async (name: string, path: string) => {
    const page = await context.newPage();
    if (name === 'wall-display') await page.setViewportSize({ width: 1600, height: 900 });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`${server.url}${path}`);
    await waitUntilSettled(page);
    const picture = await page.screenshot({ animations: 'disabled' });
    await page.close();
    expect(errors).toEqual([]);
    await expectGolden(`view-${name}`, picture);
  };

  it.each(VIEWS)('%s', async (name, path) => {
    server.api.clear();
    await serveExample(server.api);
    if (name === 'gain') server.api.on('GET', `${EXAMPLE_API_PATH}/gain`, EXAMPLE_WRONG_GAIN);
    await pictureOf(name, path);
    expect(server.api.unhandledCalls).toEqual([]);
  });

  it('login', async () => {
    server.api.clear();
    server.api.refuse('GET', /./, 403, {
      code: 'UNAUTHORIZED',
      message: 'No access.',
      remedy: '',
      faults: [],
    });
    await pictureOf('login', '/');
  });
});
