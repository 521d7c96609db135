import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium, logIn, openWatchedPage, type WatchedPage } from './browser.ts';
import {
  makePlace,
  type Place,
  type RunningService,
  simulate,
  startServe,
  status,
  TOKEN,
  until,
} from './harness.ts';

/** Large enough for patches to be followed. */
const MOVIES = [
  ...['--size', '768x768', '--frames', '8', '--apix', '1', '--fmdose', '3'],
  ...['--seed', '3', '--local', '4'],
];
const COUNT = 4;
const SESSION = '/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1';

/** A person goes through the results of a session and decides on them. */
describe.skipIf(!CHROMIUM)('reviewing in Chromium [needs Chromium: Debian package chromium]', () => {
  let place: Place;
  let service: RunningService;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    place = await makePlace('[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n');
    await simulate(place, '--movies', String(COUNT), ...MOVIES);
    service = await startServe(place);
    const query = `apix=1&kev=300&fmdose=3&patch=3x3&access_token=${TOKEN}`;
    await fetch(`${service.url}${place.route}/start-processing?${query}`);
    browser = await launchChromium();
    watched = await openWatchedPage(browser, () => service.url);
    page = watched.page;
    await until(async () => (await status(service, place)).processed_files === COUNT, 'all results');
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await place?.remove();
  });

  const rejected = () => page.getByRole('button', { name: 'Reject', exact: true, pressed: true });
  const heading = () => page.getByRole('heading', { level: 1 }).innerText();
  /** Decisions as they lie on the disk. */
  const lines = async () => {
    const text = await readFile(join(place.processed, 'reviews.jsonl'), 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };

  it('looks into a micrograph: tiles, zoom, scale bar, contrast without new tiles', async () => {
    await logIn(page, service, `${SESSION}?tab=gallery`);
    const tiles: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/tiles/')) tiles.push(request.url());
    });
    await page
      .getByRole('link', { name: /^Open movie/ })
      .first()
      .click();
    const bar = page.getByRole('img', { name: /^Scale bar/ });
    await bar.waitFor();
    const length = await bar.innerText();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await until(async () => (await bar.innerText()) !== length, 'the scale bar to follow');
    const before = tiles.length;
    expect(before).toBeGreaterThan(0);
    await page.keyboard.press('i');
    await page.locator('[data-inverted="true"]').waitFor();
    expect(tiles.length).toBe(before);
    await page.getByText('20 Å', { exact: true }).click();
    await until(() => tiles.some((url) => url.includes('lowpass=20')), 'filtered tiles');
    await page.keyboard.press('m');
    await page.getByText(/^local motion × [\d,]+ · largest [\d.]+ Å$/).waitFor();
    await watched.shot('9-movie-zoomed');
  });

  it('shows the log of the worker, with the lines of this movie marked', async () => {
    await page.getByRole('button', { name: 'Show the log' }).click();
    await page.locator('[data-own="true"]').first().waitFor();
  });

  it('rejects by key, goes on to the next, undoes, and keeps it on the disk', async () => {
    await page.getByRole('button', { name: 'Previous movie' }).click();
    const first = await heading();
    await page.keyboard.press('r');
    await until(async () => (await heading()) !== first, 'the next movie');
    await page.keyboard.press('ArrowLeft');
    await rejected().waitFor();
    await page.getByRole('img', { name: 'Rejected' }).waitFor();
    await until(async () => (await lines()).length === 1, 'the decision on the disk');
    expect((await lines())[0]).toMatchObject({ bases: [first], verdict: 'rejected' });
    await page.keyboard.press('u');
    await rejected().waitFor({ state: 'detached' });
    await until(async () => (await lines()).at(-1)?.verdict === null, 'the undoing on the disk');
  });

  it('keeps a comment, and lets letters be letters while it is written', async () => {
    await page.keyboard.press('c');
    await page.keyboard.type('carbon at the right, a bit of ice');
    await page.keyboard.press('Escape');
    await until(async () => (await lines()).at(-1)?.comment !== undefined, 'the comment on the disk');
    expect((await lines()).at(-1)).toMatchObject({ comment: 'carbon at the right, a bit of ice' });
    expect(await rejected().count()).toBe(0);
    await page.reload();
    await page.getByLabel('Comment').waitFor();
    expect(await page.getByLabel('Comment').inputValue()).toBe('carbon at the right, a bit of ice');
  });

  it('shows the keys at a question mark', async () => {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Undo the last decision').waitFor();
    await page.keyboard.press('Escape');
  });

  it('threw no error and sent nothing to any other host', () => {
    expect(watched.complaints).toEqual([]);
    expect(watched.foreign).toEqual([]);
  });
});
