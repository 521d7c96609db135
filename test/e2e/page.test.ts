import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';
import { CHROMIUM, launchTestChromium, openWatchedPage, type WatchedPage } from '../support/e2e/browser.ts';
import {
  makeTestSession,
  type RunningService,
  readRecords,
  simulate,
  startServe,
  status,
  type TestSession,
  TOKEN,
  until,
  workersOf,
} from '../support/e2e/harness.ts';
import { noise } from '../support/movies.ts';

const MOVIES = ['--size', '512x512', '--frames', '8', '--apix', '1', '--fmdose', '1.5', '--seed', '21'];

describe.skipIf(!CHROMIUM)('the page in Chromium [needs Chromium: Debian package chromium]', () => {
  let testSession: TestSession;
  let service: RunningService;
  let browser: Browser;
  let page: Page;
  let watched: WatchedPage;
  const screenshot = (name: string) => watched.screenshot(name);
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  beforeAll(async () => {
    testSession = await makeTestSession(
      '[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n',
    );
    await simulate(testSession, '--movies', '3', ...MOVIES);
    service = await startServe(testSession);
    browser = await launchTestChromium();
    watched = await openWatchedPage(browser, () => service.url);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await testSession?.remove();
  });

  it('refuses a wrong token, and keeps the URL during the login', async () => {
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1`);
    await page.getByLabel('Access token').fill('guess');
    await button('Log in').click();
    await page.getByText('Wrong access token.').waitFor();
    await screenshot('1-wrong-token');
    await page.getByLabel('Access token').fill(TOKEN);
    await button('Log in').click();
    await page.getByRole('heading', { name: '20210427113_usc_ttrojan_k3_mysample1' }).waitFor();
    await page.getByText('Ready to start').first().waitFor();
  });

  it('shows all missing fields at once before processing starts', async () => {
    await button('Start').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Pixel size').fill('');
    await dialog.getByLabel('Accelerating voltage').fill('');
    await button('Start processing').click();
    await dialog.getByText('Pixel size is missing.').waitFor();
    await dialog.getByText('Accelerating voltage is missing.').waitFor();
    await screenshot('2-missing-fields');
    expect((await status(service, testSession)).state).toBe('needs_processing');
  });

  it('starts, and adds points to the plots without a reload', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Pixel size').fill('1');
    await dialog.getByLabel('Accelerating voltage').fill('300');
    await dialog.getByLabel('Dose per frame').fill('1.5');
    await button('Start processing').click();
    await page.getByRole('slider', { name: /Defocus of 3 movies,/ }).waitFor();
    await screenshot('3-live');
    await simulate(testSession, '--movies', '1', ...MOVIES);
    await page.getByRole('slider', { name: /Defocus of 4 movies,/ }).waitFor();
  });

  it('shows the session in the list with its counters', async () => {
    await page.goto(service.url);
    await page.getByText('4 / 4 done').waitFor();
    await screenshot('4-sessions');
  });

  it('opens a movie from the gallery, with images, values and the exact command', async () => {
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1?tab=gallery`);
    const [record] = await readRecords(testSession);
    await page
      .getByRole('link', { name: `Open movie ${record?.movie.base}` })
      .or(button(`Open movie ${record?.movie.base}`))
      .first()
      .click();
    await page.getByRole('heading', { name: record?.movie.base ?? '' }).waitFor();
    await page.getByRole('img', { name: /Motion-corrected micrograph/ }).waitFor();
    // Not `page.waitForFunction`, which evaluates code in the page: the content security policy forbids it.
    await until(
      () => page.evaluate<boolean>('[...document.images].every((image) => image.naturalWidth > 100)'),
      'the pictures',
    );
    await page.getByText('estimateCtf(').waitFor();
    await screenshot('5-movie');
  });

  it('stops after a confirmation, and resumes', async () => {
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1`);
    await simulate(testSession, '--movies', '2', ...MOVIES);
    await button('Stop').click();
    await button('Stop now').click();
    await page.getByText('Ready to start').or(page.getByText('Stopped')).first().waitFor();
    await until(async () => (await workersOf(testSession)).length === 0, 'the workers to end');
    await screenshot('6-stopped');
    await button('Resume').click();
    await page.getByRole('slider', { name: /Defocus of 6 movies,/ }).waitFor();
    await page.getByText('Complete').first().waitFor();
  });

  it('fits on a phone without horizontal scrolling', async () => {
    await page.setViewportSize({ width: 360, height: 780 });
    for (const path of ['/', '/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1']) {
      await page.goto(`${service.url}${path}`);
      await page.getByText('20210427113_usc_ttrojan_k3_mysample1').first().waitFor();
      await expect
        .poll(() => page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth'))
        .toBeLessThanOrEqual(0);
      await screenshot(`7-phone-${path.length}`);
    }
  });

  it('zooms a plot with two fingers, highlights a movie with a tap, and scrolls with one finger', async () => {
    const plot = page.getByRole('slider', { name: /^Defocus of 6 movies,/ });
    await plot.waitFor();
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    const touch = await page.context().newCDPSession(page);
    /** Sends a touch event with fingers at these fractions of the width, `offsetY` px below the centre. */
    const sendTouch = (type: 'touchStart' | 'touchMove' | 'touchEnd', fractions: number[], offsetY = 0) =>
      touch.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: fractions.map((fraction, id) => ({
          x: box.x + fraction * box.width,
          y: box.y + box.height / 2 + offsetY,
          id,
        })),
      });
    const spreads = [0.1, 0.15, 0.2, 0.25];
    await sendTouch('touchStart', [0.4]);
    await sendTouch('touchMove', [0.45]);
    await sendTouch('touchStart', [0.45, 0.65]);
    for (const spread of spreads) await sendTouch('touchMove', [0.55 - spread, 0.55 + spread]);
    await sendTouch('touchEnd', [0.55 - 0.25]);
    await sendTouch('touchMove', [0.7]);
    await sendTouch('touchEnd', []);
    await button('Show all movies').waitFor();
    // The second finger cancelled the gesture of the first; the remaining finger does not start a new one.
    await expect.poll(() => page.getByRole('region', { name: 'Selection' }).count()).toBe(0);
    await button('Show all movies').click();
    await button('Show all movies').waitFor({ state: 'detached' });
    await sendTouch('touchStart', [0.5]);
    await sendTouch('touchEnd', []);
    await page.getByText('Highlighted movie').waitFor();
    const scrollPosition = () => page.evaluate<number>('scrollY');
    const initialPosition = await scrollPosition();
    await sendTouch('touchStart', [0.5]);
    for (let i = 1; i <= 12; i++) await sendTouch('touchMove', [0.5], -10 * i);
    await sendTouch('touchEnd', []);
    await until(async () => (await scrollPosition()) > initialPosition, 'the page to scroll');
    await expect.poll(() => page.getByRole('region', { name: 'Selection' }).count()).toBe(0);
  });

  it('does not draw while hidden, and is up to date when visible again; marks a fit without Thon rings', async () => {
    await page.setViewportSize({ width: 1400, height: 1000 });
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1`);
    await page.getByRole('slider', { name: /^Defocus of 6 movies,/ }).waitFor();
    /** Simulates a tab in the background, because headless tabs are always visible. */
    const setHidden = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
         document.dispatchEvent(new Event('visibilitychange'));`,
      );
    await setHidden(true);
    const [width, height, frames] = [512, 512, 8];
    const movie = createTiffWriter(join(testSession.raw, 'FoilHole_9_Data_9_fractions.tiff'), {
      width,
      height,
      pixelType: 'u8',
      compression: 'none',
    });
    for (let i = 0; i < frames; i++) movie.appendFrame(noise(i, width * height));
    movie.finish();
    await until(
      async () => (await status(service, testSession)).processed_files === 7,
      'the result of the movie',
    );
    // The title is still updated, because a tab in the background shows it.
    await until(async () => (await page.title()).startsWith('100 %'), 'the title');
    await expect.poll(() => page.getByRole('slider', { name: /^Defocus of 6 movies,/ }).count()).toBe(1);
    await setHidden(false);
    await page.getByRole('slider', { name: /^Defocus of 7 movies,/ }).waitFor();
    await page.getByText('no Thon rings').first().waitFor();
    await screenshot('8-no-rings');
  });

  it('reports a lost connection when the service ends, and recovers automatically', async () => {
    await service.kill();
    await page.getByText('Connection lost').first().waitFor();
    service = await startServe(testSession);
    await page.getByRole('status').getByText('Live').waitFor();
    await page.getByRole('slider', { name: /Defocus of 7 movies,/ }).waitFor();
    await page.reload();
    await page.getByRole('slider', { name: /Defocus of 7 movies,/ }).waitFor();
  });

  it('threw no error and sent no request to another host', () => {
    expect(watched.pageErrors).toEqual([]);
    expect(watched.foreignRequests).toEqual([]);
  });
});
