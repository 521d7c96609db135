import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousViolations, violationsInBothColours } from '../support/e2e/axe.ts';
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
  status,
  type TestSession,
  until,
  workersOf,
} from '../support/e2e/harness.ts';

const SESSION = '/s/ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1';
const MOVIES = ['--size', '256x256', '--frames', '4', '--apix', '1', '--fmdose', '1.5', '--seed', '31'];
const PHONE = { width: 360, height: 780 };
const WIDE = { width: 1400, height: 1000 };

describe.skipIf(!CHROMIUM)(
  'starting a session, in Chromium [needs Chromium: Debian package chromium]',
  () => {
    let testSession: TestSession;
    let service: RunningService;
    let browser: Browser;
    let page: Page;
    let watched: WatchedPage;
    const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
    const dialog = () => page.getByRole('dialog');
    const preview = () => page.getByRole('region', { name: 'What this does' });

    beforeAll(async () => {
      testSession = await makeTestSession(
        '[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n',
      );
      await simulate(testSession, '--movies', '3', ...MOVIES);
      service = await startServe(testSession);
      browser = await launchTestChromium();
      watched = await openWatchedPage(browser, () => service.url);
      page = watched.page;
      await logIn(page, service, SESSION);
    });
    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await testSession?.remove();
    });

    it('the form is filled with the values of the metadata, and shows where they come from', async () => {
      await page.getByText('3 waiting').waitFor();
      await button('Start').click();
      await expect.poll(() => dialog().getByLabel('Pixel size').inputValue()).toBe('1');
      await expect.poll(() => dialog().getByLabel('Accelerating voltage').inputValue()).toBe('300');
      await dialog()
        .getByText(/^from EPU's .*\.xml/)
        .first()
        .waitFor();
      await preview().getByText('3 movies will be processed').waitFor();
    });

    it('a contradiction is shown next to its field before processing starts', async () => {
      await dialog().getByLabel('Pixel size').fill('2');
      await dialog()
        .getByText(/Check: .*gives 1 Å. The value given is twice that/)
        .waitFor();
      await dialog().getByLabel('Dose per frame').fill('9');
      await dialog()
        .getByText(/Contradiction: Dose per frame and total dose contradict/)
        .waitFor();
      await button('Start anyway').waitFor();
      await watched.screenshot('contradiction');
      expect(await violationsInBothColours(page)).toEqual([]);
      expect((await status(service, testSession)).state).toBe('needs_processing');
      await dialog().getByLabel('Pixel size').fill('1');
      await dialog().getByLabel('Dose per frame').fill('');
      await button('Start processing').waitFor();
    });

    it('a trial on one movie shows its images and values, and does not change the session', async () => {
      await button('Try it').click();
      await dialog().getByText('The trial is done.').waitFor();
      await dialog()
        .getByRole('img', { name: /Motion-corrected micrograph/ })
        .waitFor();
      await dialog().getByText('Fit resolution').waitFor();
      await watched.screenshot('trial');
      expect(await violationsInBothColours(page)).toEqual([]);
      expect(await status(service, testSession)).toMatchObject({
        state: 'needs_processing',
        processed_files: 0,
      });
    });

    it('starting the session reuses the result of the trial', async () => {
      await button('Start processing').click();
      await page.getByRole('slider', { name: /Defocus of 3 movies,/ }).waitFor();
      await page.getByText('Complete').first().waitFor();
      await expect.poll(() => page.title()).toMatch(/^100 % /);
      await expect
        .poll(() => page.locator('link[rel="icon"]').getAttribute('href'))
        .toMatch(/^data:image\/svg/);
    });

    it('the form for resuming shows which steps would be repeated after changing a value', async () => {
      await button('Change parameters').click();
      await preview().getByText('3 results kept unchanged').waitFor();
      await dialog().getByLabel('Amplitude contrast').fill('0.07');
      await preview().getByText('3 movies reprocessed, CTF only').waitFor();
      await dialog().getByLabel('Skip first frames').fill('1');
      await preview().getByText('3 movies reprocessed, motion and CTF').waitFor();
      await watched.screenshot('resume');
      expect(await violationsInBothColours(page)).toEqual([]);
      await button('Cancel').click();
    });

    it('the stop dialog asks what to do with movies in progress', async () => {
      await simulate(testSession, '--movies', '4', ...MOVIES);
      await until(
        async () => (await status(service, testSession)).state === 'processing',
        'processing to continue',
      );
      await button('Stop').click();
      await button('Keep running').waitFor();
      const finish = page.getByRole('button', { name: /^Let (it|\d+) finish$/ });
      await finish.waitFor();
      await watched.screenshot('stop');
      await finish.click();
      await page.getByText('Ready to start').first().waitFor();
      await until(async () => (await workersOf(testSession)).length === 0, 'the workers to end');
      expect((await status(service, testSession)).processed_files).toBeGreaterThan(3);
    });

    it('axe finds no serious problem in any view, in light and dark, wide and on a phone', async () => {
      const tabs = ['live', 'gallery', 'table', 'failures', 'gain', 'settings'].map((tab) => `?tab=${tab}`);
      const paths = ['/', ...tabs.map((tab) => SESSION + tab), `${SESSION}?dialog=resume`];
      const violations: string[] = [];
      for (const [colorScheme, viewport] of [
        ['light', WIDE],
        ['dark', PHONE],
      ] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(viewport);
        for (const path of paths) {
          await page.goto(`${service.url}${path}`);
          await page.getByText('20210427113_usc_ttrojan_k3_mysample1').first().waitFor();
          const isBusy = async () => (await page.locator('[aria-busy="true"]').count()) > 0;
          await until(async () => !(await isBusy()), 'the view to be complete');
          if (path.includes('dialog')) await preview().getByText('kept unchanged').waitFor();
          for (const violation of await seriousViolations(page))
            violations.push(`${path} ${colorScheme}: ${violation}`);
          expect(
            await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth'),
            `${path} scrolls horizontally`,
          ).toBeLessThanOrEqual(0);
        }
      }
      expect(violations).toEqual([]);
    });

    it('prints a dark page in light colours, and restores them afterwards', async () => {
      const colours = () => page.locator('html').getAttribute('data-mantine-color-scheme');
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.goto(`${service.url}${SESSION}`);
      await page.getByText('Session total').waitFor();
      await expect.poll(colours).toBe('dark');
      await page.evaluate('dispatchEvent(new Event("beforeprint"))');
      // The browser prints as soon as the event is handled.
      expect(await colours()).toBe('light');
      await page.evaluate('dispatchEvent(new Event("afterprint"))');
      await until(async () => (await colours()) === 'dark', 'the dark colours to be restored');
    });

    it('threw no error and sent no request to another host', () => {
      expect(watched.pageErrors).toEqual([]);
      expect(watched.foreignRequests).toEqual([]);
    });
  },
);
