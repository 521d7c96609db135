import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { settingsFrom } from '../src/cli/config-settings.ts';
import { startService } from '../src/cli/service.ts';
import type { SessionKey } from '../src/contract/api.ts';
import { decodeColumns } from '../src/contract/columns.ts';
import { pathsOf } from '../src/sessions/names.ts';
import { launchChromium } from '../test/support/browser/chromium.ts';
import { namesOf, typicalResults, writeLargeSession } from './page-parts/large-session.ts';
import { framesDuring, mainThreadClock, PageProbe } from './page-parts/probe.ts';

const KEY: SessionKey = { project: 'bench', user: 'bench', session: 'large' };
const TOKEN = 'bench';
const PATH = `/s/${KEY.project}/${KEY.user}/${KEY.session}`;
const ROUNDS = 5;
const EVENTS_PER_MINUTE = 10_000;
const EVENTS_PER_CALL = 10;
const EVENT_SECONDS = 20;
const DRAG_STEPS = 90;
const WEB_ROOT = fileURLToPath(new URL('../web/dist', import.meta.url));

/**
 * The page with a large session, in headless Chromium over loopback: first meaningful paint (points of the
 * plots on the screen), drawing time, frames per second while panning, brushing and dragging a limit, memory
 * of the tab, and the effect of ten thousand events per minute. The results are generated; the service, the
 * page and the browser are real. Run `npm run web` first. Arguments: number of movies (50000), folder in
 * which a temporary folder is created (default: the temporary folder of the system).
 */
export async function run(args: string[]): Promise<void> {
  const movies = Number(args[0] ?? 50_000);
  const directory = mkdtempSync(join(args[1] ?? tmpdir(), 'cryoem-bench-'));
  const settings = settingsFrom({
    general: { session_dir: join(directory, 'data'), state_dir: join(directory, 'state') },
    api: { token: TOKEN, port: 0 },
    params: {},
    local: {},
    discovery: {},
    retry: {},
  });
  writeLargeSession(pathsOf(settings.sessionDir, KEY), movies, typicalResults(11));
  const service = await startService({ settings, logger: pino({ level: 'silent' }), webRoot: WEB_ROOT });
  try {
    await waitUntilLoaded(service.address, movies);
    reportTransferSizes();
    await reportColumns(service.address);
    await measureInBrowser(service.address, movies);
  } finally {
    await service.close();
    rmSync(directory, { recursive: true });
  }
}

const api = (address: string, path: string, init: RequestInit = {}) =>
  fetch(`${address}/api/v1/sessions/${KEY.project}/${KEY.user}/${KEY.session}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
  });

async function waitUntilLoaded(address: string, movies: number): Promise<void> {
  for (;;) {
    const response = await api(address, '');
    const body = (await response.json()) as { counts?: { done: number } };
    if (body.counts?.done === movies) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Transfer size of the first view, if a proxy compresses it. */
function reportTransferSizes(): void {
  const html = readFileSync(join(WEB_ROOT, 'index.html'), 'utf8');
  const sizeOf = (extension: string) => {
    const names = readdirSync(join(WEB_ROOT, 'assets')).filter(
      (name) => name.endsWith(extension) && html.includes(name),
    );
    return names.reduce(
      (sum, name) => sum + gzipSync(readFileSync(join(WEB_ROOT, 'assets', name))).length,
      0,
    );
  };
  print('JavaScript of the first view, gzip', sizeOf('.js') / 1000, 'kB', 350);
  print('styles of the first view, gzip', sizeOf('.css') / 1000, 'kB');
}

async function reportColumns(address: string): Promise<void> {
  let [bytes, responses, after] = [0, 0, -1];
  const startMs = performance.now();
  for (;;) {
    const body = await (await api(address, `/columns?after=${after}`)).arrayBuffer();
    bytes += body.byteLength;
    responses++;
    const page = decodeColumns(body);
    after = page.seq[page.rows - 1] ?? after;
    if (!page.hasMore) break;
  }
  print(`columns of the session, ${responses} responses`, bytes / 1e6, 'MB');
  print('columns of the session, requested in sequence', performance.now() - startMs, 'ms');
}

async function measureInBrowser(address: string, movies: number): Promise<void> {
  const browser = await launchChromium();
  try {
    const paints: number[] = [];
    const completions: number[] = [];
    const cpuTimes: number[] = [];
    const shifts: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const probe = await PageProbe.open(browser, address, TOKEN);
      const cpuTime = await mainThreadClock(probe.page);
      await probe.page.goto(`${address}${PATH}`);
      await probe.waitForAllMovies(movies);
      cpuTimes.push(await cpuTime());
      const drawings = await probe.plotDrawings();
      paints.push(drawings[0]!.end);
      completions.push(drawings.at(-1)!.end);
      shifts.push(await probe.layoutShift());
      await probe.close();
    }
    print(`first meaningful paint, fastest of ${ROUNDS}, nothing cached`, Math.min(...paints), 'ms', 1500);
    print('first meaningful paint, median', median(paints), 'ms', 1500);
    print('all movies on the screen, fastest', Math.min(...completions), 'ms');
    print('all movies on the screen, median', median(completions), 'ms');
    print('all movies on the screen: CPU of the main thread, minimum', Math.min(...cpuTimes), 'ms');

    print('layout shift while the page loads, maximum', Math.max(...shifts), '', 0.1);

    const probe = await PageProbe.open(browser, address, TOKEN);
    await probe.page.goto(`${address}${PATH}`);
    await probe.waitForAllMovies(movies);
    await measureRedraw(probe);
    await measureGrid(probe);
    await measureDrags(probe);
    await measureEvents(probe, address, movies);
    const { heapMB, privateMB } = await probe.memory(browser);
    print('memory of the tab: JavaScript', heapMB, 'MB');
    print('memory of the tab: private memory of its process', privateMB, 'MB', 300);
    await probe.close();
  } finally {
    await browser.close();
  }
}

/** Redraws all plots, as after a change of the selection. */
async function measureRedraw(probe: PageProbe): Promise<void> {
  const before = (await probe.plotDrawings()).length;
  await probe.selectByKey();
  await probe.waitForDrawing();
  const drawings = (await probe.plotDrawings()).slice(before).map(({ start, end }) => end - start);
  print('drawing a plot of all movies, slowest', Math.max(...drawings), 'ms', 150);
  print(
    `drawing all ${drawings.length} visible plots, in total`,
    drawings.reduce((a, b) => a + b, 0),
    'ms',
    150,
  );
  await probe.clearSelection();
}

/** Time from a click in the grid view until its result is on the screen. */
async function measureGrid({ page }: PageProbe): Promise<void> {
  const measure = async (
    label: string,
    action: () => Promise<unknown>,
    waitForResult: () => Promise<unknown>,
  ) => {
    const cpuTime = await mainThreadClock(page);
    const [startMs, cpuBefore] = [performance.now(), await cpuTime()];
    await action();
    await waitForResult();
    print(label, performance.now() - startMs, 'ms');
    print(`${label}: CPU of the main thread`, (await cpuTime()) - cpuBefore, 'ms');
  };
  const tab = (name: string) => page.getByRole('tab', { name }).click();
  const squares = page.getByRole('list', { name: 'Grid squares' }).getByRole('link');
  for (const label of ['grid opened, nothing cached', 'grid opened again']) {
    await measure(
      label,
      () => tab('Grid'),
      () => squares.first().waitFor(),
    );
    if (label.endsWith('cached')) {
      await tab('Live');
      await page
        .getByRole('slider', { name: /^Defocus of/ })
        .first()
        .waitFor();
    }
  }
  const holes = page.getByRole('slider', { name: /Arrow keys highlight a movie/ });
  await measure(
    'square opened',
    () => squares.nth(3).click(),
    () => holes.waitFor(),
  );
  await tab('Live');
  await page
    .getByRole('slider', { name: /^Defocus of/ })
    .first()
    .waitFor();
}

async function measureDrags(probe: PageProbe): Promise<void> {
  const { page } = probe;
  const box = await probe.plotBox(/^Fit resolution of/);
  const sweep = async (shift: boolean) => {
    const y = box.y + 30;
    await page.mouse.move(box.x + 100, y);
    if (shift) await page.keyboard.down('Shift');
    await page.mouse.down();
    for (let i = 0; i <= DRAG_STEPS; i++)
      await page.mouse.move(box.x + 100 + (i * (box.width - 200)) / DRAG_STEPS, y + (i % 50));
    await page.mouse.up();
    if (shift) await page.keyboard.up('Shift');
  };
  for (const [label, action] of [
    ['pan', () => sweep(true)],
    ['brush', () => sweep(false)],
    ['limit', () => probe.dragLimit('Upper limit of Fit resolution', DRAG_STEPS)],
  ] as const) {
    const { perSecond, maxGapMs, cpuMs } = await framesDuring(page, action);
    print(`${label}: frames per second`, perSecond, '', 30);
    print(`${label}: CPU of the main thread per frame`, cpuMs, 'ms');
    print(`${label}: longest time between two frames`, maxGapMs, 'ms');
    await page.dblclick('[role="slider"] canvas', { force: true });
    await probe.clearSelection();
  }
}

/** Sends reviews of movies: each becomes an event for every client. */
async function measureEvents(probe: PageProbe, address: string, movies: number): Promise<void> {
  const calls = (EVENTS_PER_MINUTE / 60 / EVENTS_PER_CALL) * EVENT_SECONDS;
  const gapMs = (EVENT_SECONDS * 1000) / calls;
  const bases = (call: number) =>
    Array.from({ length: EVENTS_PER_CALL }, (_, i) => {
      const movie = (call * 7919 + i * 104_729) % movies;
      return namesOf(movie).base;
    });
  let sent = 0;
  const { perSecond, maxGapMs, cpuMs } = await framesDuring(probe.page, async () => {
    const startMs = performance.now();
    for (let call = 0; call < calls; call++) {
      const verdict = call % 2 === 0 ? 'rejected' : null;
      const response = await api(address, '/reviews', {
        method: 'POST',
        body: JSON.stringify({ bases: bases(call), verdict }),
      });
      if (!response.ok) throw new Error(await response.text());
      sent += EVENTS_PER_CALL;
      const waitMs = startMs + (call + 1) * gapMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    print('events per minute', (sent * 60_000) / (performance.now() - startMs), '');
  });
  print('during these events: frames per second', perSecond, '', 30);
  print('during these events: CPU of the main thread per frame', cpuMs, 'ms');
  print('during these events: longest time between two frames', maxGapMs, 'ms');
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const print = (label: string, value: number, unit: string, target?: number) =>
  console.log(
    `${label.padEnd(56)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}${target === undefined ? '' : ` (target ${target})`}`,
  );
