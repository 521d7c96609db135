import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  settled,
  simulate,
  startServe,
  status,
  type TestSession,
  TOKEN,
  until,
} from '../support/e2e/harness.ts';

/** Movies large enough for patches. */
const MOVIES = '--size 768x768 --frames 8 --apix 1 --fmdose 3 --seed 3 --local 4'.split(' ');
const COUNT = 4;
const SESSION = '/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1';

describe.skipIf(!CHROMIUM)('reviewing in Chromium [needs Chromium: Debian package chromium]', () => {
  let testSession: TestSession;
  let service: RunningService;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    testSession = await makeTestSession(
      '[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n',
    );
    await simulate(testSession, '--movies', String(COUNT), ...MOVIES);
    service = await startServe(testSession);
    const query = `apix=1&kev=300&fmdose=3&patch=3x3&access_token=${TOKEN}`;
    await fetch(`${service.url}${testSession.route}/start-processing?${query}`);
    browser = await launchTestChromium();
    watched = await openWatchedPage(browser, () => service.url);
    page = watched.page;
    await until(async () => (await status(service, testSession)).processed_files === COUNT, 'all results');
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await testSession?.remove();
  });

  const rejectedButton = () => page.getByRole('button', { name: 'Reject', exact: true, pressed: true });
  const movieFilter = () => page.getByRole('radiogroup', { name: 'Movies to show' });
  const heading = () => page.getByRole('heading', { level: 1 }).innerText();
  const reviews = () => readReviews(testSession);

  it('shows a micrograph with tiles, zoom and scale bar, and changes the contrast without new tiles', async () => {
    await logIn(page, service, `${SESSION}?tab=gallery`);
    const tileUrls: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/tiles/')) tileUrls.push(request.url());
    });
    await page
      .getByRole('link', { name: /^Open movie/ })
      .first()
      .click();
    const scaleBar = page.getByRole('img', { name: /^Scale bar/ });
    await scaleBar.waitFor();
    const length = await settled(() => scaleBar.innerText());
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await until(async () => (await scaleBar.innerText()) !== length, 'the scale bar to change');
    await page.waitForURL(/[?&]at=/);
    const zoomedLength = (await settled(async () => [await scaleBar.innerText(), page.url()]))[0];
    await page.reload();
    await until(
      async () => (await scaleBar.innerText()) === zoomedLength,
      'the same position after a reload',
    );
    const tileCount = tileUrls.length;
    expect(tileCount).toBeGreaterThan(0);
    await page.keyboard.press('i');
    await page.locator('[data-inverted="true"]').waitFor();
    expect(tileUrls.length).toBe(tileCount);
    await page.getByText('20 Å', { exact: true }).click();
    await until(() => tileUrls.some((url) => url.includes('lowpass=20')), 'filtered tiles');
    await page.keyboard.press('m');
    await page.getByText(/^local motion × [\d,]+ · largest [\d.]+ Å$/).waitFor();
    await watched.screenshot('9-movie-zoomed');
  });

  it('shows the log of the worker, with the lines of this movie marked', async () => {
    await page.getByRole('button', { name: 'Show log' }).click();
    await page.locator('[data-own="true"]').first().waitFor();
    await page.reload();
    await page.locator('[data-own="true"]').first().waitFor();
  });

  it('rejects a movie with a key, goes to the next, undoes the rejection, and saves both reviews to the disk', async () => {
    await page.getByRole('button', { name: 'Previous movie' }).click();
    const firstMovie = await settled(heading);
    await page.keyboard.press('r');
    await until(async () => (await heading()) !== firstMovie, 'the next movie');
    await page.keyboard.press('ArrowLeft');
    await rejectedButton().waitFor();
    await page.getByRole('img', { name: 'Rejected' }).waitFor();
    await until(async () => (await reviews()).length === 1, 'the review on the disk');
    expect((await reviews())[0]).toMatchObject({ bases: [firstMovie], verdict: 'rejected' });
    await page.keyboard.press('u');
    await rejectedButton().waitFor({ state: 'detached' });
    await until(async () => (await reviews()).at(-1)?.verdict === null, 'the undo on the disk');
  });

  it('saves a comment, and ignores shortcut keys while it is typed', async () => {
    await page.keyboard.press('c');
    await page.keyboard.type('carbon at the right, a bit of ice');
    await page.keyboard.press('Escape');
    await until(async () => (await reviews()).at(-1)?.comment !== undefined, 'the comment on the disk');
    expect((await reviews()).at(-1)).toMatchObject({ comment: 'carbon at the right, a bit of ice' });
    await expect.poll(() => rejectedButton().count()).toBe(0);
    await page.reload();
    const shownComment = () => page.getByLabel('Comment').inputValue();
    await until(
      async () => (await shownComment()) === 'carbon at the right, a bit of ice',
      'the comment to be shown',
    );
  });

  it('selects movies by dragging limits and with a brush, in the plots and in the table', async () => {
    await page.goto(`${service.url}${SESSION}`);
    const plot = page.getByRole('slider', { name: /^Motion of 4 movies/ });
    await plot.waitFor();
    await plot.scrollIntoViewIfNeeded();
    const figure = page.getByRole('figure').filter({ has: plot });
    const grip = (await figure.getByRole('slider', { name: 'Upper limit of Total motion' }).boundingBox())!;
    const [x, y] = [grip.x + grip.width / 2, grip.y + grip.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 10, { steps: 3 });
    await page.mouse.up();
    const bar = page.getByRole('region', { name: 'Selection' });
    await bar.getByText('of 4').waitFor();
    await page.waitForURL(/sel=motionTotal__/);
    const selectedCount = async () => Number.parseInt(await bar.getByRole('status').innerText(), 10);
    const countWithinLimits = await settled(selectedCount);
    await bar.getByText('Outside limits').click();
    await until(
      async () => (await selectedCount()) === COUNT - countWithinLimits,
      'the other movies to be selected',
    );
    await bar.getByRole('button', { name: 'Clear selection' }).click();
    await bar.waitFor({ state: 'detached' });

    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + 62, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height - 10, { steps: 4 });
    await page.mouse.up();
    await bar.waitFor();
    const boxCount = await settled(selectedCount);
    expect(boxCount).toBeGreaterThan(0);
    expect(boxCount).toBeLessThan(COUNT);
    await watched.screenshot('10-box-selection');
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('table').waitFor();
    await expect.poll(() => page.getByRole('checkbox', { checked: true }).count()).toBe(boxCount);
    await movieFilter().getByText('Selected').click();
    await page.getByText(new RegExp(`^${boxCount} movies?$`)).waitFor();
    await page.reload();
    await page.getByText(new RegExp(`^${boxCount} movies?$`)).waitFor();
  });

  it('saves the selection as CSV with units', async () => {
    const bar = page.getByRole('region', { name: 'Selection' });
    const count = Number.parseInt(await settled(() => bar.getByRole('status').innerText()), 10);
    await bar.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV with units' }).click(),
    ]);
    const rows = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect(rows).toHaveLength(count + 1);
    expect(rows[0]).toContain('Defocus (µm)');
  });

  it('rejects all selected movies together, with the reason in the timeline, and undoes it', async () => {
    const bar = page.getByRole('region', { name: 'Selection' });
    const count = Number.parseInt(await settled(() => bar.getByRole('status').innerText()), 10);
    await bar.getByRole('button', { name: 'Reject' }).click();
    await until(async () => (await reviews()).at(-1)?.verdict === 'rejected', 'the review on the disk');
    expect((await reviews()).at(-1).bases).toHaveLength(count);
    expect((await reviews()).at(-1)).toMatchObject({
      verdict: 'rejected',
      note: expect.stringContaining('box selection'),
    });
    await bar.getByRole('button', { name: 'Undo' }).click();
    await until(async () => (await reviews()).at(-1)?.verdict === null, 'the undo on the disk');
    await bar.getByRole('button', { name: 'Clear selection' }).click();
  });

  it('moves through the gallery with keys; rejected movies have a red X', async () => {
    await page.getByRole('tab', { name: 'Gallery' }).click();
    await movieFilter().getByText('All').click();
    await page
      .getByRole('link', { name: /^Open movie/ })
      .nth(COUNT - 1)
      .waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('r');
    await page.keyboard.press('a');
    await page.getByRole('img', { name: 'Rejected' }).waitFor();
    await page.getByRole('img', { name: 'Accepted' }).waitFor();
    await expect
      .poll(() => page.locator('[data-at="true"]').getAttribute('title'))
      .toBe(
        await page
          .getByRole('link', { name: /^Open movie/ })
          .nth(2)
          .getAttribute('title'),
      );
    await watched.screenshot('11-gallery-reviewed');
    await page.keyboard.press('u');
    await page.getByRole('img', { name: 'Accepted' }).waitFor({ state: 'detached' });
    await page.keyboard.press('u');
    await page.getByRole('img', { name: 'Rejected' }).waitFor({ state: 'detached' });
  });

  it('lists failures by cause, shows a log, and sets aside, restores and retries failed movies', async () => {
    const corruptMovies = ['FoilHole_8_Data_8_fractions.tiff', 'FoilHole_9_Data_9_fractions.tiff'];
    for (const name of corruptMovies) await writeFile(join(testSession.raw, name), 'this is not a movie');
    await until(async () => (await status(service, testSession)).failed_jobs === 2, 'the failures');
    await page.getByRole('tab', { name: /^Failures/ }).click();
    const cause = page.getByRole('region', { name: 'MOVIE_CORRUPT' });
    await cause.getByText('Copy it again from the microscope').first().waitFor();
    await cause.getByRole('button', { name: 'Log of FoilHole_8_Data_8' }).click();
    await page.getByRole('dialog').locator('[data-own="true"]').first().waitFor();
    await page.keyboard.press('Escape');
    await cause.getByRole('button', { name: 'Set aside FoilHole_8_Data_8' }).click();
    await page.getByText('1 movie failed').waitFor();
    expect((await reviews()).at(-1)).toMatchObject({ bases: ['FoilHole_8_Data_8'], verdict: 'rejected' });
    await watched.screenshot('12-failures');
    await cause.getByRole('button', { name: 'Retry FoilHole_9_Data_9' }).click();
    await cause.getByText('2 attempts').waitFor();
    await cause.getByRole('button', { name: '1 set aside' }).click();
    await cause.getByRole('button', { name: 'Restore FoilHole_8_Data_8' }).click();
    await page.getByText('2 movies failed').waitFor();
    await cause.getByRole('button', { name: 'Retry 2 movies' }).click();
    await page.getByText('2 movies will be retried.').waitFor();
  });

  it('shows in the timeline what happened, and who did it', async () => {
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByLabel('Your name in the timeline').fill('Zoë Müller');
    await page.getByText('Started', { exact: true }).waitFor();
    await page.getByRole('tab', { name: /^Failures/ }).click();
    const retryAll = page.getByRole('button', { name: 'Retry all' });
    await until(async () => (await status(service, testSession)).failed_jobs === 2, 'both to fail again');
    await retryAll.click();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByText('Zoë Müller (page, 127.0.0.1)').waitFor();
    await watched.screenshot('13-timeline');
  });

  it('shows the keyboard shortcuts when ? is pressed', async () => {
    await page.getByRole('tab', { name: 'Gallery' }).click();
    await page
      .getByRole('link', { name: /^Open movie/ })
      .first()
      .waitFor();
    await page.keyboard.press('?');
    await page
      .getByRole('dialog', { name: 'Keyboard shortcuts' })
      .getByText('Undo the last review')
      .waitFor();
    await page.keyboard.press('Escape');
  });

  it('threw no error and sent no request to another host', () => {
    expect(watched.pageErrors).toEqual([]);
    expect(watched.foreignRequests).toEqual([]);
  });
});
