import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';
import { noise } from '../pipeline/movies.ts';
import { CHROMIUM, launchChromium, openWatchedPage, type WatchedPage } from './browser.ts';
import {
  makePlace,
  type Place,
  type RunningService,
  readRecords,
  simulate,
  startServe,
  status,
  TOKEN,
  until,
  workersOf,
} from './harness.ts';

const MOVIES = ['--size', '512x512', '--frames', '8', '--apix', '1', '--fmdose', '1.5', '--seed', '21'];

describe.skipIf(!CHROMIUM)('the page in Chromium [needs Chromium: Debian package chromium]', () => {
  let place: Place;
  let service: RunningService;
  let browser: Browser;
  let page: Page;
  let watched: WatchedPage;
  const shot = (name: string) => watched.shot(name);
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  beforeAll(async () => {
    place = await makePlace('[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n');
    await simulate(place, '--movies', '3', ...MOVIES);
    service = await startServe(place);
    browser = await launchChromium();
    watched = await openWatchedPage(browser, () => service.url);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await place?.remove();
  });

  it('refuses a wrong token, and keeps the address through the log-in', async () => {
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1`);
    await page.getByLabel('Access token').fill('guess');
    await button('Log in').click();
    await page.getByText('This token is not the right one.').waitFor();
    await shot('1-wrong-token');
    await page.getByLabel('Access token').fill(TOKEN);
    await button('Log in').click();
    await page.getByRole('heading', { name: '20210427113_usc_ttrojan_k3_mysample1' }).waitFor();
    await page.getByText('Waiting for start').first().waitFor();
  });

  it('shows every missing field at once before it starts', async () => {
    await button('Start').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Pixel size').fill('');
    await dialog.getByLabel('Voltage').fill('');
    await button('Start processing').click();
    await dialog.getByText('Pixel size is missing.').waitFor();
    await dialog.getByText('Voltage is missing.').waitFor();
    await shot('2-missing-fields');
    expect((await status(service, place)).state).toBe('needs_processing');
  });

  it('starts, and points arrive without a reload', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Pixel size').fill('1');
    await dialog.getByLabel('Voltage').fill('300');
    await dialog.getByLabel('Dose per frame').fill('1.5');
    await button('Start processing').click();
    await page.getByRole('slider', { name: /Defocus of 3 movies,/ }).waitFor();
    await shot('3-live');
    await simulate(place, '--movies', '1', ...MOVIES);
    await page.getByRole('slider', { name: /Defocus of 4 movies,/ }).waitFor();
  });

  it('shows the session in the list with its counters', async () => {
    await page.goto(service.url);
    await page.getByText('4 / 4 done').waitFor();
    await shot('4-sessions');
  });

  it('opens a movie from the gallery: pictures, figures, exact command', async () => {
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1?tab=gallery`);
    const [record] = await readRecords(place);
    await page
      .getByRole('link', { name: `Open movie ${record?.movie.base}` })
      .or(button(`Open movie ${record?.movie.base}`))
      .first()
      .click();
    await page.getByRole('heading', { name: record?.movie.base ?? '' }).waitFor();
    await page.getByRole('img', { name: /Motion-corrected micrograph/ }).waitFor();
    await page.waitForFunction('[...document.images].every((image) => image.naturalWidth > 100)');
    await page.getByText('estimateCtf(').waitFor();
    await shot('5-movie');
  });

  it('stops after a question, and resumes', async () => {
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1`);
    await simulate(place, '--movies', '2', ...MOVIES);
    await button('Stop').click();
    await button('Stop now').click();
    await page.getByText('Waiting for start').or(page.getByText('Stopped')).first().waitFor();
    await until(async () => (await workersOf(place)).length === 0, 'the workers to end');
    await shot('6-stopped');
    await button('Resume').click();
    await page.getByRole('slider', { name: /Defocus of 6 movies,/ }).waitFor();
    await page.getByText('Complete').first().waitFor();
  });

  it('fits a phone without scrolling sideways', async () => {
    await page.setViewportSize({ width: 360, height: 780 });
    for (const path of ['/', '/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1']) {
      await page.goto(`${service.url}${path}`);
      await page.getByText('20210427113_usc_ttrojan_k3_mysample1').first().waitFor();
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth'),
      ).toBeLessThanOrEqual(0);
      await shot(`7-phone-${path.length}`);
    }
  });

  it('fades the numbers of a fit without rings, and says so', async () => {
    const [width, height, frames] = [512, 512, 8];
    const movie = createTiffWriter(join(place.raw, 'FoilHole_9_Data_9_fractions.tiff'), {
      ...{ width, height, pixelType: 'u8', compression: 'none' },
    });
    for (let i = 0; i < frames; i++) movie.appendFrame(noise(i, width * height));
    movie.finish();
    await page.setViewportSize({ width: 1400, height: 1000 });
    await page.goto(`${service.url}/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1`);
    await page.getByRole('slider', { name: /Defocus of 7 movies,/ }).waitFor();
    await page.getByText('no rings seen').first().waitFor();
    await shot('8-no-rings');
  });

  it('says that the connection is lost when the service dies, and recovers by itself', async () => {
    await service.kill();
    await page.getByText('Connection lost').first().waitFor();
    service = await startServe(place);
    await page.getByRole('status').getByText('Live').waitFor();
    await page.getByRole('slider', { name: /Defocus of 7 movies,/ }).waitFor();
    await page.reload();
    await page.getByRole('slider', { name: /Defocus of 7 movies,/ }).waitFor();
  });

  it('threw no error and sent nothing to any other host', () => {
    expect(watched.complaints).toEqual([]);
    expect(watched.foreign).toEqual([]);
  });
});
