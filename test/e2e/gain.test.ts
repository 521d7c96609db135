import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionGainCheckSchema } from '../../src/contract/api.ts';
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
  TOKEN,
  until,
} from '../support/e2e/harness.ts';

const SESSION = 'ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1';
const WARNING = 'Wrong gain orientation';

describe.skipIf(!CHROMIUM)(
  'a wrong gain orientation, in Chromium [needs Chromium: Debian package chromium]',
  () => {
    let testSession: TestSession;
    let service: RunningService;
    let browser: Browser;
    let watched: WatchedPage;
    let page: Page;

    const screenshot = (name: string) => watched.screenshot(name);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const gainCheck = async () => {
      const response = await fetch(`${service.url}/api/v1/sessions/${SESSION}/gain`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      return sessionGainCheckSchema.parse(await response.json());
    };

    beforeAll(async () => {
      testSession = await makeTestSession(
        '[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 2\n',
      );
      await simulate(
        testSession,
        '--movies',
        '2',
        '--size',
        '512x448',
        '--frames',
        '20',
        '--apix',
        '1',
        '--fmdose',
        '1',
      );
      service = await startServe(testSession);
      browser = await launchTestChromium();
      watched = await openWatchedPage(browser, () => service.url);
      page = watched.page;
      await logIn(page, service, `/s/${SESSION}`);
      await page.getByRole('heading', { name: '20210427113_usc_ttrojan_k3_mysample1' }).waitFor();
    });
    afterAll(async () => {
      await browser?.close();
      await service?.stop();
      await testSession?.remove();
    });

    it('is reported after the first movies, without a reload', async () => {
      const query = `apix=1&kev=300&fmdose=1&patch=1x1&flipgain=1&access_token=${TOKEN}`;
      expect((await fetch(`${service.url}${testSession.route}/start-processing?${query}`)).ok).toBe(true);
      await page.getByRole('alert').getByText(WARNING).waitFor();
      await screenshot('gain-1-warning');
    });

    it('is shown with all orientations, the best match, and the pattern before and after correction', async () => {
      await button('Show details').click();
      const bars = page.getByRole('list', { name: 'Orientations' });
      // The sensor is not square: four orientations, and one item for the case that none fits.
      await expect.poll(() => bars.getByRole('listitem').count()).toBe(5);
      await expect
        .poll(() => bars.getByRole('listitem').filter({ hasText: 'best' }).innerText())
        .toContain('as in the file');
      await expect
        .poll(() => bars.getByRole('listitem').filter({ hasText: 'flipped vertically' }).innerText())
        .toMatch(/in use/i);
      await until(
        () => page.evaluate<boolean>('[...document.images].some((image) => image.naturalWidth > 700)'),
        'the picture',
      );
      await screenshot('gain-2-panel');
      await page.getByRole('link', { name: /^FoilHole/ }).click();
      await page
        .getByRole('radiogroup', { name: 'Images' })
        .getByText('Gain reference', { exact: true })
        .click();
      await page.getByAltText(/in the counts, before and after/).waitFor();
      await screenshot('gain-5-movie');
      await page.goBack();
    });

    it('is reported after a restart of the service, before any new result', async () => {
      await until(
        async () => (await status(service, testSession)).state === 'processing_complete',
        'both movies to be done',
      );
      await service.kill();
      service = await startServe(testSession);
      await page.reload();
      await page.getByRole('alert').getByText(WARNING).waitFor();
      expect(await gainCheck()).toMatchObject({
        verdict: 'contradicts',
        best: { rotate: 0, flip: 0 },
        movies: 2,
      });
    });

    it('is corrected on the page, and the warning disappears once movies agree with the orientation', async () => {
      await button('Use rotgain 0, flipgain 0').first().click();
      await button('Change and resume').click();
      await page.getByText('correct orientation', { exact: true }).waitFor();
      await page.getByText(WARNING).waitFor({ state: 'detached' });
      await screenshot('gain-3-agrees');
      await page.setViewportSize({ width: 360, height: 780 });
      await screenshot('gain-4-phone');
      await expect
        .poll(() => page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth'))
        .toBeLessThanOrEqual(0);
      expect((await gainCheck()).verdict).toBe('agrees');
    });
  },
);
