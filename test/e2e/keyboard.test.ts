import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsInBothColours } from '../support/e2e/axe.ts';
import { CHROMIUM, launchTestChromium, openWatchedPage, type WatchedPage } from '../support/e2e/browser.ts';
import {
  makeTestSession,
  type RunningService,
  settled,
  simulate,
  startServe,
  status,
  type TestSession,
  TOKEN,
  until,
} from '../support/e2e/harness.ts';
import { TEST_TIMEOUT_MS } from '../support/test-timeout.ts';

const MOVIES = ['--size', '256x256', '--frames', '4', '--apix', '1', '--fmdose', '1.5', '--seed', '51'];
const COUNT = 3;
/** More movies than are processed before a user reaches Stop. */
const BACKLOG = 40;
/** Maximum number of Tab stops between two elements in any view. */
const MAX_TAB_STOPS = 90;

/** Width of the focus ring of the active element, its label or its list item; empty if no ring is visible. */
const RING = `(() => {
  const active = document.activeElement;
  if (active === null || active === document.body) return '';
  const ringWidth = (e) => {
    if (!e) return '';
    const { outlineStyle, outlineWidth } = getComputedStyle(e);
    const { width, height } = e.getBoundingClientRect();
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && width > 2 && height > 2 ? outlineWidth : '';
  };
  return ringWidth(active) || ringWidth(active.nextElementSibling) || ringWidth(active.closest('li'));
})()`;
const ACTIVE = `document.activeElement?.outerHTML.slice(0, 160)`;

/**
 * A user without a mouse works with a session from login to stop. No test here may use `page.mouse` or
 * `click`.
 */
describe.skipIf(!CHROMIUM)('by keyboard alone, in Chromium [needs Chromium: Debian package chromium]', () => {
  let testSession: TestSession;
  let service: RunningService;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  const violations: string[] = [];

  beforeAll(async () => {
    testSession = await makeTestSession(
      '[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n',
    );
    await rm(testSession.sessionDir, { recursive: true });
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

  const press = (...keys: string[]) =>
    keys.reduce((previous, key) => previous.then(() => page.keyboard.press(key)), Promise.resolve());
  const isActive = async (target: Locator) => (await target.and(page.locator(':focus')).count()) > 0;
  /** Presses Tab until the target has the focus; every element on the way must show a focus ring. */
  const tabTo = async (target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
    await target.waitFor();
    for (let i = 0; i < MAX_TAB_STOPS; i++) {
      await page.keyboard.press(key);
      const ring = await page.evaluate<string>(RING);
      const isOnBody = await page.evaluate<boolean>('document.activeElement === document.body');
      if (!isOnBody) expect(ring, await page.evaluate<string>(ACTIVE)).not.toBe('');
      if (await isActive(target)) return;
    }
    throw new Error(`${target} cannot be reached with Tab`);
  };
  const untilFocused = (target: Locator, name: string) =>
    until(() => isActive(target), `the focus on ${name}`);
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const tab = (name: string | RegExp) => page.getByRole('tab', { name });
  const dialog = () => page.getByRole('dialog');
  const checkWithAxe = async (view: string) => {
    for (const violation of await violationsInBothColours(page)) violations.push(`${view}: ${violation}`);
  };

  it('logs in, and opens a session that appears in the empty list', async () => {
    await page.goto(service.url);
    await tabTo(page.getByLabel('Access token'));
    await checkWithAxe('log-in');
    await page.keyboard.type(TOKEN);
    await press('Enter');
    await page.getByText('No sessions yet').waitFor();
    await checkWithAxe('empty list');
    await mkdir(testSession.raw, { recursive: true });
    await page.getByText('1 session', { exact: true }).waitFor({ timeout: TEST_TIMEOUT_MS });
    await checkWithAxe('list');
    await tabTo(page.getByRole('link', { name: /^Open session/ }));
    await press('Enter');
    await page.getByText('No results yet').waitFor();
    await checkWithAxe('empty session');
  });

  it('starts from the form, and moves the focus back to the button that opened it', async () => {
    await simulate(testSession, '--movies', String(COUNT), ...MOVIES);
    await page.getByText(`${COUNT} waiting`).waitFor();
    await tabTo(button('Start'));
    await press('Enter');
    await dialog().getByText(`${COUNT} movies will be processed`).first().waitFor();
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await untilFocused(button('Start'), 'the button that opened the form');
    await press('Enter');
    await tabTo(dialog().getByLabel('Dose per frame'));
    await press('Control+a');
    await page.keyboard.type('1.5');
    await tabTo(button('Start processing'));
    await press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await untilFocused(button('Change parameters'), 'the button that replaced Start');
    await page.getByRole('slider', { name: /^Defocus of 3 movies,/ }).waitFor({ timeout: TEST_TIMEOUT_MS });
  });

  it('highlights movies and zooms in a plot, and sets a limit with the arrow keys', async () => {
    const plot = page.getByRole('slider', { name: /^Defocus of 3 movies,/ });
    await tabTo(plot);
    await press('Home', '+');
    await button('Show all movies').waitFor();
    await page.getByText('Highlighted movie').waitFor();
    await press('0');
    await button('Show all movies').waitFor({ state: 'detached' });
    const grip = page.getByRole('slider', { name: 'Upper limit of Defocus' });
    await tabTo(grip);
    const bar = page.getByRole('region', { name: 'Selection' });
    await press('ArrowDown');
    await bar.getByText(`of ${COUNT}`).waitFor();
    await page.waitForURL(/sel=defocus__/);
    await press('Delete');
    await bar.waitFor({ state: 'detached' });
    await checkWithAxe('live');
  });

  it('switches tabs with the arrow keys', async () => {
    await tabTo(tab('Live'), 'Shift+Tab');
    for (const name of ['Gallery', 'Table', 'Failures', 'Timeline', 'Gain', 'Settings']) {
      for (
        let i = 0;
        i < 3 && (await tab(new RegExp(`^${name}`)).getAttribute('aria-selected')) !== 'true';
        i++
      )
        await press('ArrowRight');
      await page.locator('[role="tab"][aria-selected="true"]').filter({ hasText: name }).waitFor();
      await until(
        async () => (await page.locator('[aria-busy="true"]').count()) === 0,
        'the tab to be complete',
      );
      await checkWithAxe(name);
    }
  });

  it('selects a movie in the table, and rejects it and undoes the rejection with the selection bar', async () => {
    for (let i = 0; i < 9 && (await tab('Table').getAttribute('aria-selected')) !== 'true'; i++)
      await press('ArrowLeft');
    const checkboxes = page.getByRole('checkbox', { name: /^Select / });
    await tabTo(checkboxes.first());
    await press('Space');
    const bar = page.getByRole('region', { name: 'Selection' });
    await bar.getByText('1 selected').waitFor();
    await tabTo(bar.getByRole('button', { name: 'Reject' }));
    await press('Enter');
    await page.getByRole('cell', { name: 'Rejected' }).waitFor();
    await tabTo(bar.getByRole('button', { name: 'Undo' }));
    await press('Enter');
    await page.getByRole('cell', { name: 'Rejected' }).waitFor({ state: 'detached' });
    await tabTo(bar.getByRole('button', { name: 'Clear selection' }));
    await press('Enter');
    await bar.waitFor({ state: 'detached' });
  });

  it('moves through the gallery with the arrow keys, and opens a movie', async () => {
    await tabTo(tab('Table'), 'Shift+Tab');
    for (let i = 0; i < 9 && (await tab('Gallery').getAttribute('aria-selected')) !== 'true'; i++)
      await press('ArrowLeft');
    const pictures = page.getByRole('link', { name: /^Open movie/ });
    await tabTo(pictures.first());
    await press('ArrowRight');
    await untilFocused(pictures.nth(1), 'the second picture');
    await press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await checkWithAxe('keys of the gallery');
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await untilFocused(pictures.nth(1), 'the second picture again');
    await press('Enter');
    await page.getByRole('img', { name: /^Scale bar/ }).waitFor();
  });

  it('zooms into a movie, rejects it, goes back from the next one and undoes the rejection', async () => {
    const scaleBar = page.getByRole('img', { name: /^Scale bar/ });
    const length = await settled(() => scaleBar.innerText());
    await press('+', '+');
    await until(async () => (await scaleBar.innerText()) !== length, 'the scale bar to change');
    await checkWithAxe('movie');
    const heading = () => page.getByRole('heading', { level: 1 }).innerText();
    const firstMovie = await settled(heading);
    await press('r');
    await until(async () => (await heading()) !== firstMovie, 'the next movie');
    await press('ArrowLeft');
    await until(async () => (await heading()) === firstMovie, 'the previous movie');
    await page.getByRole('img', { name: 'Rejected' }).waitFor();
    await press('u');
    await page.getByRole('img', { name: 'Rejected' }).waitFor({ state: 'detached' });
    await tabTo(button('Contrast'));
    await press('Enter');
    await page.getByRole('slider', { name: 'Contrast' }).waitFor();
    await press('Escape');
    await untilFocused(button('Contrast'), 'the button that opened the sliders');
    await tabTo(page.getByRole('link', { name: '20210427113_usc_ttrojan_k3_mysample1' }), 'Shift+Tab');
    await press('Enter');
    await tab('Live').waitFor();
  });

  it('opens the log of a failure, and restores the focus', async () => {
    await writeFile(join(testSession.raw, 'FoilHole_8_Data_8_fractions.tiff'), 'this is not a movie');
    await until(async () => (await status(service, testSession)).failed_jobs === 1, 'the failure');
    await tabTo(tab('Live'));
    for (let i = 0; i < 9 && (await tab(/^Failures/).getAttribute('aria-selected')) !== 'true'; i++)
      await press('ArrowRight');
    const log = button('Log of FoilHole_8_Data_8');
    await tabTo(log);
    await checkWithAxe('failures');
    await press('Enter');
    await dialog().locator('[data-own="true"]').first().waitFor();
    await checkWithAxe('log of a failure');
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await untilFocused(log, 'the button that opened the log');
  });

  it('stops: the dialog has the focus, and then the button that replaces Stop', async () => {
    // A session whose movies are all done would stay complete when it is stopped, so more movies are added.
    await simulate(testSession, '--movies', String(BACKLOG), ...MOVIES);
    await until(async () => (await status(service, testSession)).state === 'processing', 'movies to be done');
    await tabTo(button('Stop'), 'Shift+Tab');
    await press('Enter');
    await untilFocused(button('Keep running'), 'the button that continues processing');
    await checkWithAxe('stop');
    await press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await untilFocused(button('Stop'), 'the button that opened the dialog');
    await press('Enter');
    await untilFocused(button('Keep running'), 'the button that continues processing');
    await tabTo(button('Stop now'));
    await press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await untilFocused(button('Resume'), 'the button that replaced Stop');
    await until(async () => (await status(service, testSession)).state === 'needs_processing', 'the stop');
  });

  it('axe finds no serious problem in any view, in light and dark', () => {
    expect(violations).toEqual([]);
    expect(watched.pageErrors).toEqual([]);
    expect(watched.foreignRequests).toEqual([]);
  });
});
