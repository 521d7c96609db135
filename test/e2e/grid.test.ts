import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Grid } from '../../src/contract/grid.ts';
import { seriousViolations } from '../support/e2e/axe.ts';
import {
  CHROMIUM,
  launchTestChromium,
  logIn,
  openWatchedPage,
  type WatchedPage,
} from '../support/e2e/browser.ts';
import {
  makeTestSession,
  type RunningService,
  readReviews,
  simulate,
  startServe,
  status,
  type TestSession,
  TOKEN,
  until,
} from '../support/e2e/harness.ts';
import { TEST_TIMEOUT_MS } from '../support/test-timeout.ts';

/** Two grid squares with two holes each, three movies per hole; small movies with visible Thon rings. */
const MOVIES_PER_HOLE = 3;
const MOVIES_PER_SQUARE = 2 * MOVIES_PER_HOLE;
const COUNT = 2 * MOVIES_PER_SQUARE;
const MOVIES =
  `--size 256x256 --frames 4 --apix 1 --fmdose 4 --local 0 --seed 3 --holes 2 --shots ${String(MOVIES_PER_HOLE)}`.split(
    ' ',
  );
const SESSION = '/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1';
const API = '/api/v1/sessions/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1';

describe.skipIf(!CHROMIUM)('the grid in Chromium [needs Chromium: Debian package chromium]', () => {
  let testSession: TestSession;
  let service: RunningService;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let squares: Grid['squares'];

  beforeAll(async () => {
    testSession = await makeTestSession(
      '[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n',
    );
    await simulate(testSession, '--movies', String(COUNT), ...MOVIES);
    service = await startServe(testSession);
    await fetch(
      `${service.url}${testSession.route}/start-processing?apix=1&kev=300&fmdose=4&access_token=${TOKEN}`,
    );
    browser = await launchTestChromium();
    watched = await openWatchedPage(browser, () => service.url);
    page = watched.page;
    await until(async () => (await status(service, testSession)).processed_files === COUNT, 'all results');
    const response = await fetch(`${service.url}${API}/grid`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    squares = ((await response.json()) as Grid).squares;
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await testSession?.remove();
  });

  const cards = () => page.getByRole('list', { name: 'Grid squares' }).getByRole('listitem');
  const holesMap = () => page.getByRole('slider', { name: /Arrow keys highlight a movie/ });
  const bar = () => page.getByRole('region', { name: 'Selection' });
  const panel = () => page.getByRole('region', { name: 'Movie', exact: true });
  const selectedCount = async () => Number.parseInt(await bar().getByRole('status').innerText(), 10);
  const reviews = () => readReviews(testSession);

  it('is requested only when its tab is opened', async () => {
    const requestedUrls: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/grid')) requestedUrls.push(request.url());
    });
    await logIn(page, service, SESSION);
    await page
      .getByRole('slider', { name: /^Defocus of/ })
      .first()
      .waitFor();
    expect(requestedUrls).toEqual([]);
    await page.getByRole('tab', { name: 'Grid' }).click();
    await cards().first().waitFor();
    expect(requestedUrls.some((url) => url.endsWith('/grid'))).toBe(true);
  });

  it('shows the squares as cards, with counts, mean and spread, and measured minus target defocus', async () => {
    await expect.poll(() => cards().count()).toBe(2);
    const first = cards().first();
    await first.getByRole('link', { name: `Open grid square ${squares[0]!.name}` }).waitFor();
    await expect.poll(() => first.innerText()).toMatch(/[\d.]+ ± [\d.]+ Å/);
    await expect.poll(() => first.innerText()).toContain(`${MOVIES_PER_SQUARE} movies · 2 holes`);
    await expect.poll(() => first.innerText()).toMatch(/[+−][\d.]+ ± [\d.]+ µm from target/);
    await page.getByRole('slider', { name: /^Map of 2 grid squares/ }).waitFor();
    await watched.screenshot('20-grid');
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('is coloured and sorted by another metric, which is stored in the URL', async () => {
    await page.getByRole('combobox', { name: 'Colour by' }).click();
    await page.getByRole('option', { name: 'Defocus', exact: true }).click();
    await page.waitForURL(/metric=defocus(&|$)/);
    await page.getByText('Defocus (µm)').waitFor();
    await page.getByRole('combobox', { name: 'Sort by' }).click();
    await page.getByRole('option', { name: 'Highest first' }).click();
    await page.waitForURL(/order=worst/);
    const shownMeans = async () =>
      (await cards().allInnerTexts()).map((text) => Number(/([\d.]+) ± [\d.]+ µm/.exec(text)?.[1]));
    await until(async () => {
      const [high = 0, low = 0] = await shownMeans();
      return high > low;
    }, 'the squares to be sorted by defocus');
  });

  it('adds a new movie to its square without a reload', async () => {
    await page.evaluate('window.stays = true');
    await simulate(testSession, '--movies', '1', ...MOVIES);
    await until(async () => (await cards().count()) === 3, 'a third square');
    const third = cards().filter({ hasText: '1 movie · 1 hole' });
    await third.getByText('1 done').waitFor({ timeout: TEST_TIMEOUT_MS });
    await expect.poll(() => page.evaluate('window.stays')).toBe(true);
  });

  it('opens a square with the keyboard; the arrow keys move from movie to movie, with image and values', async () => {
    await page.goto(`${service.url}${SESSION}?tab=grid`);
    await cards().first().getByRole('link').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/square=/);
    await page.getByRole('heading', { name: `Square ${squares[0]!.name}` }).waitFor();
    await page.getByText('Holes are at the stage positions.').waitFor();
    await holesMap().focus();
    await page.keyboard.press('Home');
    await until(
      async () =>
        /^Hole \d+, Exposure 1 of 3, [\d.]+ Å/.test((await holesMap().getAttribute('aria-valuetext')) ?? ''),
      'the description of the first movie',
    );
    await panel()
      .getByRole('img', { name: /^Motion-corrected micrograph/ })
      .waitFor();
    await expect.poll(() => panel().innerText()).toMatch(/Target\s+[\d.]+ µm\s+Difference\s+[+−]?[\d.]+ µm/);
    await page.getByRole('img', { name: /^Measured minus target defocus of \d+ movies, mean/ }).waitFor();
    await watched.screenshot('21-grid-square');
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('selects one hole in the map and one in the table, and stores both in the URL', async () => {
    await holesMap().focus();
    await page.keyboard.press('x');
    await bar().waitFor();
    await until(async () => (await selectedCount()) === MOVIES_PER_HOLE, 'the movies of the hole');
    await page.waitForURL(/sel=hole_\d+_\d+/);
    await page
      .getByRole('checkbox', { name: /^Select the movies of hole/ })
      .nth(1)
      .check();
    await until(async () => (await selectedCount()) === MOVIES_PER_SQUARE, 'the movies of both holes');
    await page.waitForURL(/sel=hole_\d+_\d+(~|%7E)hole_/);
    await page.reload();
    await until(async () => (await selectedCount()) === MOVIES_PER_SQUARE, 'the selection from the URL');
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('table').waitFor();
    await expect.poll(() => page.getByRole('checkbox', { checked: true }).count()).toBe(MOVIES_PER_SQUARE);
    await page.getByRole('tab', { name: 'Grid' }).click();
    await holesMap().waitFor();
  });

  it('marks a rejected selection immediately, and undoes the rejection', async () => {
    await bar().getByRole('button', { name: 'Reject' }).click();
    const rejected = page.getByRole('link', { name: /^Exposure \d of \d, .*rejected$/ });
    await until(async () => (await rejected.count()) === MOVIES_PER_SQUARE, 'the crosses');
    await until(async () => (await reviews()).at(-1)?.verdict === 'rejected', 'the review on the disk');
    expect((await reviews()).at(-1).note).toMatch(/^hole \d+, hole \d+$/);
    await watched.screenshot('22-grid-rejected');
    await page.getByRole('button', { name: 'All squares' }).click();
    await cards().first().getByText(`${MOVIES_PER_SQUARE} rejected`).waitFor();
    await bar().getByRole('button', { name: 'Undo' }).click();
    await cards().first().getByText(`${MOVIES_PER_SQUARE} rejected`).waitFor({ state: 'detached' });
    await bar().getByRole('button', { name: 'Clear selection' }).click();
  });

  it('opens a movie from its hole, and goes back to the square', async () => {
    await page.goto(`${service.url}${SESSION}?tab=grid&square=${squares[1]!.name}`);
    await page
      .getByRole('link', { name: /^Exposure 2 of 3/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Next movie' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: `Square ${squares[1]!.name}` }).waitFor();
    await page.getByRole('button', { name: 'Previous square' }).click();
    await page.getByRole('heading', { name: `Square ${squares[0]!.name}` }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: `Square ${squares[1]!.name}` }).waitFor();
  });

  it('reports an unknown square', async () => {
    await page.goto(`${service.url}${SESSION}?tab=grid&square=unknown`);
    await page.getByText('No movies from this square').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('fits on a phone, in light and dark', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const query of ['', `&square=${squares[0]!.name}`]) {
      await page.goto(`${service.url}${SESSION}?tab=grid${query}`);
      await (query === '' ? cards().first() : holesMap()).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await expect
        .poll(() => page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))
        .toBe(0);
      await watched.screenshot(query === '' ? '23-grid-phone' : '24-grid-square-phone');
    }
  });

  it('threw no error and sent no request to another host', () => {
    expect(watched.pageErrors).toEqual([]);
    expect(watched.foreignRequests).toEqual([]);
  });
});
