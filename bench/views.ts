/**
 * Screenshots of every view of the page, in light and dark mode, on a wide screen and on a phone, and the axe
 * findings for each. Real service, simulated movies.
 *   npm run bench -- views OUT [movies=24] [only these views, comma-separated: grid,gridsquare]
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import type { SessionSummary } from '../src/contract/api.ts';
import type { Grid } from '../src/contract/grid.ts';
import { launchChromium } from '../test/support/browser/chromium.ts';
import { seriousViolations } from '../test/support/e2e/axe.ts';
import {
  makeTestSession,
  type RunningService,
  simulate,
  startServe,
  TOKEN,
  until,
} from '../test/support/e2e/harness.ts';

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
const COLOUR_SCHEMES = ['light', 'dark'] as const;
const MOVIE_ARGUMENTS = [
  '--size',
  '768x768',
  '--frames',
  '12',
  '--apix',
  '1',
  '--fmdose',
  '2',
  '--drift',
  '4-16',
];
/** Arguments of the simulator for several grid squares, even with few movies. */
const holeArgumentsFor = (movies: number) => [
  '--holes',
  String(Math.max(2, Math.round(movies / 32))),
  '--shots',
  '8',
];
/** Enough that some are still in progress while the screenshots are taken. */
const LIVE_MOVIES = '24';
const WEBP_QUALITY = 60;
/** Timeout of the processing: 500 movies take a quarter of an hour on two cores. */
const MAX_WAIT_MS = 3_600_000;
const PROJECT = 'ttrojan_123';
const USER = 'ttrojan';
/** Sessions: complete with a few failures; with movies arriving; not started; without movies. */
const SESSIONS = {
  done: '20210427113_usc_ttrojan_k3_mysample1',
  live: '20210428090_usc_ttrojan_k3_ribosome',
  waiting: '20210429100_usc_ttrojan_k3_apoferritin',
  empty: '20210430080_usc_ttrojan_k3_newgrid',
} as const;

interface View {
  readonly name: string;
  readonly path: string;
  /** Waits until the view is complete. */
  readonly waitUntilReady: (page: Page) => Promise<unknown>;
}

const sessionPath = (session: string, rest = '') => `/s/${PROJECT}/${USER}/${session}${rest}`;
/** Whether all visible pictures are loaded and decoded: a loaded picture may not be drawn yet. */
const ARE_PICTURES_DECODED = `document.querySelector('[aria-busy=true]') === null &&
  Promise.all([...document.images].filter((image) => image.getBoundingClientRect().top < window.innerHeight)
    .map((image) => image.decode())).then(() => true, () => false)`;
/** Whether the canvas of the micrograph has more than one colour. */
const IS_MICROGRAPH_DRAWN = `[...document.querySelectorAll('canvas')].some((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(canvas.width / 4, canvas.height / 4, 32, 32);
  return data.some((value, i) => i % 4 === 0 && value !== data[0]);
})`;
const waitFor = (condition: string) => (page: Page) =>
  until(() => page.evaluate<boolean>(condition), 'the pictures', 20_000);
const waitForPictures = waitFor(ARE_PICTURES_DECODED);

function views(base: string, square: string): View[] {
  const { done, waiting } = SESSIONS;
  const tab = (name: string, waitUntilReady: View['waitUntilReady']): View => ({
    name,
    path: sessionPath(done, `?tab=${name}`),
    waitUntilReady,
  });
  return [
    { name: 'sessions', path: '/', waitUntilReady: (page) => page.getByText(done).first().waitFor() },
    { name: 'kiosk', path: '/kiosk', waitUntilReady: (page) => page.getByRole('heading').first().waitFor() },
    tab('live', (page) =>
      page
        .getByRole('slider', { name: /Defocus/ })
        .first()
        .waitFor(),
    ),
    tab('gallery', waitForPictures),
    tab('grid', (page) => page.getByRole('list', { name: 'Grid squares' }).waitFor()),
    {
      name: 'gridsquare',
      path: sessionPath(done, `?tab=grid&square=${square}&pick=${base}`),
      waitUntilReady: waitForPictures,
    },
    tab('table', (page) => page.getByRole('columnheader').first().waitFor()),
    tab('failures', (page) => page.getByText('What to do').first().waitFor()),
    tab('gain', (page) => page.getByText('Orientations').first().waitFor()),
    tab('timeline', (page) => page.getByText('Started').first().waitFor()),
    tab('settings', (page) => page.getByText('Parameters').first().waitFor()),
    {
      name: 'movie',
      path: sessionPath(done, `/movie/${encodeURIComponent(base)}`),
      waitUntilReady: async (page) => {
        await page.getByText('estimateCtf(').waitFor();
        await page.getByRole('img', { name: /^Scale bar/ }).waitFor();
        await waitFor(IS_MICROGRAPH_DRAWN)(page);
        await waitForPictures(page);
      },
    },
    {
      name: 'start',
      path: sessionPath(waiting, '?dialog=start'),
      waitUntilReady: async (page) => {
        await page.getByLabel('Pixel size').fill('2');
        await page.getByText('Check:').first().waitFor();
      },
    },
    {
      name: 'resume',
      path: sessionPath(done, '?dialog=resume'),
      waitUntilReady: async (page) => {
        await page.getByLabel('Amplitude contrast').fill('0.07');
        await page.getByText('reprocessed, CTF only').scrollIntoViewIfNeeded();
      },
    },
    {
      name: 'empty',
      path: sessionPath(SESSIONS.empty),
      waitUntilReady: (page) => page.getByText('No results yet').waitFor(),
    },
    {
      name: 'nosession',
      path: sessionPath('none'),
      waitUntilReady: (page) => page.getByText('Session not found').first().waitFor(),
    },
  ];
}

export async function run(args: string[]): Promise<void> {
  const [out, count = '24', selectedNames] = args;
  if (out === undefined) throw new Error('npm run bench -- views OUT [movies] [views]');
  const movies = Number(count);
  await mkdir(out, { recursive: true });
  const testSession = await makeTestSession(
    '[discovery]\nscan_seconds = 0.5\nquiet_seconds = 0.3\ncomplete_seconds = 5\n',
  );
  let service: RunningService | undefined;
  let browser: Browser | undefined;
  try {
    const testSessionOf = (session: string) => ({
      ...testSession,
      sessionDir: join(testSession.sessionDir, '..', session),
    });
    const faults = `truncated:${Math.ceil(movies / 2)},garbage:${Math.ceil(movies / 3)}`;
    await simulate(testSessionOf(SESSIONS.live), '--movies', LIVE_MOVIES, '--seed', '4', ...MOVIE_ARGUMENTS);
    await simulate(testSessionOf(SESSIONS.waiting), '--movies', '3', '--seed', '5', ...MOVIE_ARGUMENTS);
    await mkdir(join(testSessionOf(SESSIONS.empty).sessionDir, 'raw'), { recursive: true });
    service = await startServe(testSession);
    // The movies are processed while they are written, as at a microscope.
    const simulatorArguments = [
      '--movies',
      count,
      '--seed',
      '3',
      '--fault',
      faults,
      ...holeArgumentsFor(movies),
      ...MOVIE_ARGUMENTS,
    ];
    const [done] = await Promise.all([
      processSession(service, SESSIONS.done, movies),
      simulate(testSessionOf(SESSIONS.done), ...simulatorArguments),
    ]);
    const { squares } = await request<Grid>(service, `${SESSIONS.done}/grid`);
    await start(service, SESSIONS.live);
    browser = await launchChromium();
    const allViews = views(done, squares.at(-1)?.name ?? '');
    const wantedViews = allViews.filter(
      ({ name }) => selectedNames === undefined || selectedNames.split(',').includes(name),
    );
    const violations = await captureAll(browser, service, wantedViews, out);
    console.log(violations === 0 ? 'axe: no serious violations' : `axe: ${violations} serious violations`);
    if (violations > 0) process.exitCode = 1;
  } finally {
    await browser?.close();
    await service?.stop();
    await testSession.remove();
  }
}

async function captureAll(
  browser: Browser,
  service: RunningService,
  viewsToCapture: View[],
  out: string,
): Promise<number> {
  let violations = 0;
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of COLOUR_SCHEMES) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.goto(service.url);
      await page.getByLabel('Access token').waitFor();
      const capture = async (name: string) => {
        const found = await seriousViolations(page);
        for (const violation of found) console.log(`${name} ${size} ${colorScheme}: ${violation}`);
        violations += found.length;
        const path = join(out, `${name}-${size}-${colorScheme}.webp`);
        await sharp(await page.screenshot())
          .webp({ quality: WEBP_QUALITY })
          .toFile(path);
        const excessPx = await page.evaluate<number>(
          'document.documentElement.scrollWidth - window.innerWidth',
        );
        if (excessPx > 0) console.log(`${name} ${size} ${colorScheme}: ${excessPx} px wider than the screen`);
      };
      await capture('login');
      await page.getByLabel('Access token').fill(TOKEN);
      await page.getByRole('button', { name: 'Log in', exact: true }).click();
      await page.getByText(SESSIONS.done).first().waitFor();
      for (const { name, path, waitUntilReady } of viewsToCapture) {
        await page.goto(`${service.url}${path}`);
        await waitUntilReady(page).catch((error: Error) =>
          console.log(`${name} ${size} ${colorScheme}: incomplete, ${error.message.split('\n')[0]}`),
        );
        await capture(name);
      }
      await context.close();
    }
  }
  return violations;
}

/** Processes all movies of a session. @returns the name of the newest one with a successful result */
async function processSession(service: RunningService, session: string, movies: number): Promise<string> {
  await until(async () => {
    const summary = await request<SessionSummary>(service, session).catch(() => null);
    return summary !== null && summary.counts.total > 0;
  }, `the first movie of ${session}`);
  await start(service, session);
  await until(
    async () => {
      const { counts } = await request<SessionSummary>(service, session);
      return counts.total === movies && counts.done + counts.failed === movies;
    },
    `${session} to be done`,
    MAX_WAIT_MS,
  );
  const page = await request<{ movies: { base: string }[] }>(service, `${session}/movies?state=done&limit=1`);
  return page.movies[0]?.base ?? '';
}

async function start(service: RunningService, session: string): Promise<void> {
  await request(service, `${session}/start`, { apix: 1, kev: 300, fmdose: 2 });
}

async function request<T>(service: RunningService, path: string, body?: object): Promise<T> {
  const response = await fetch(`${service.url}/api/v1/sessions/${PROJECT}/${USER}/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
