import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { violationsInBothColours } from '../support/e2e/axe.ts';
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
  simulate,
  startServe,
  type TestSession,
  TOKEN,
  until,
} from '../support/e2e/harness.ts';

const SESSIONS = 1000;
const MOVIES = ['--size', '256x256', '--frames', '4', '--apix', '1', '--fmdose', '2', '--seed', '41'];

describe.skipIf(!CHROMIUM)('a facility with 1,000 sessions [needs Chromium: Debian package chromium]', () => {
  let testSession: TestSession;
  let service: RunningService;
  let browser: Browser;
  let page: Page;
  let watched: WatchedPage;
  const cards = () => page.getByRole('link', { name: /^Open session / });

  beforeAll(async () => {
    testSession = await makeTestSession(
      '[discovery]\nscan_seconds = 1\nquiet_seconds = 0.3\ncomplete_seconds = 2\n',
    );
    for (let i = 1; i < SESSIONS; i++) {
      const user = i % 2 === 0 ? 'ann' : 'bob';
      const name = `session_${String(i).padStart(4, '0')}`;
      mkdirSync(join(testSession.top, `project_${i % 5}`, 'sessions', user, name, 'raw'), {
        recursive: true,
      });
    }
    service = await startServe(testSession);
    browser = await launchTestChromium();
    watched = await openWatchedPage(browser, () => service.url);
    page = watched.page;
    await logIn(page, service, '/');
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await testSession?.remove();
  });

  it('renders only the cards near the visible part, even at the end of the list', async () => {
    await page.getByText('1,000 sessions').waitFor();
    await cards().first().waitFor();
    await expect.poll(() => cards().count()).toBeLessThan(60);
    await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)');
    await page.getByRole('link', { name: 'Open session session_0999' }).waitFor();
    await expect.poll(() => cards().count()).toBeLessThan(60);
    await watched.screenshot('facility');
    expect(await violationsInBothColours(page)).toEqual([]);
  });

  it('filters by project, user and search words, and stores the filter in the URL', async () => {
    await page
      .getByRole('textbox', { name: 'Project' })
      .or(page.getByRole('combobox', { name: 'Project' }))
      .first()
      .click();
    await page.getByRole('option', { name: 'project_3' }).click();
    await page.getByText('200 of 1,000 sessions').waitFor();
    await page
      .getByRole('textbox', { name: 'User' })
      .or(page.getByRole('combobox', { name: 'User' }))
      .first()
      .click();
    await page.getByRole('option', { name: 'bob' }).click();
    await page.getByText('100 of 1,000 sessions').waitFor();
    await page.getByLabel('Search sessions').fill('_0013');
    await page.getByText('1 of 1,000 sessions').waitFor();
    await page.reload();
    await page.getByText('1 of 1,000 sessions').waitFor();
    await expect.poll(() => cards().count()).toBe(1);
  });

  it('shows a newly started session first in the list, as active, and on the wall display', async () => {
    await page.goto(service.url);
    await simulate(testSession, '--movies', '2', ...MOVIES);
    const url = `${service.url}${testSession.route}/start-processing?apix=1&kev=300&access_token=${TOKEN}`;
    await until(async () => (await fetch(url)).ok, 'the start to be accepted');
    const first = page.getByRole('listitem').filter({ has: cards() }).first();
    await first.getByText('20210427113_usc_ttrojan_k3_mysample1').waitFor();
    await first.getByText('microscope active').waitFor();
    await first.getByText('2 / 2 done').waitFor();
    await page.goto(`${service.url}/kiosk`);
    await page.getByRole('heading', { name: '20210427113_usc_ttrojan_k3_mysample1' }).waitFor();
    await page.getByText('Fit resolution').waitFor();
    await watched.screenshot('kiosk');
    expect(await violationsInBothColours(page)).toEqual([]);
    expect(watched.pageErrors).toEqual([]);
  });
});
