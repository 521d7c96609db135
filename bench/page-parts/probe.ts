import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Drawing {
  /** ms since the navigation began. */
  readonly start: number;
  readonly end: number;
}

/** If nothing was drawn for this time, the drawing is complete. */
const REST_MS = 700;

/**
 * Runs in the page before its own scripts: records the drawing times of the plots, and the frames on request.
 */
const INSTRUMENTS = `
  window.benchPlots = [];
  new PerformanceObserver((list) => {
    for (const e of list.getEntriesByName('cryoem-plot'))
      window.benchPlots.push({ start: e.startTime, end: e.startTime + e.duration });
  }).observe({ type: 'measure', buffered: true });
  window.benchShift = 0;
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (!e.hadRecentInput) window.benchShift += e.value;
  }).observe({ type: 'layout-shift', buffered: true });
  window.benchFrames = null;
  const tick = (now) => { if (window.benchFrames) window.benchFrames.push(now); requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
`;

/** A page under test, logged in, without cache. */
export class PageProbe {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
  }

  static async open(browser: Browser, address: string, token: string): Promise<PageProbe> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
    const answer = await context.request.post(`${address}/api/v1/login`, { data: { token } });
    if (!answer.ok()) throw new Error(`log-in: ${answer.status()} ${await answer.text()}`);
    const page = await context.newPage();
    await page.addInitScript(INSTRUMENTS);
    return new PageProbe(page, context);
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  plots(): Promise<Drawing[]> {
    return this.page.evaluate<Drawing[]>('window.benchPlots');
  }

  /** Layout shift since the navigation: the sum of all layout shifts. */
  layoutShift(): Promise<number> {
    return this.page.evaluate<number>('window.benchShift');
  }

  /** All movies are in the plots, and drawing is complete. */
  async whole(movies: number): Promise<void> {
    const name = `Defocus of ${movies.toLocaleString('en')} movies,`;
    await this.page.locator(`[role="slider"][aria-label^="${name}"]`).waitFor({ timeout: 60_000 });
    await this.settled();
  }

  async settled(): Promise<void> {
    let before = -1;
    for (let now = 0; now !== before; now = (await this.plots()).length) {
      before = now;
      await this.page.waitForTimeout(REST_MS);
    }
  }

  async plotBox(name: RegExp) {
    const plot = this.page.getByRole('slider', { name });
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    if (box === null) throw new Error(`no plot ${name}`);
    return box;
  }

  async selectByKey(): Promise<void> {
    const grip = this.page.getByRole('slider', { name: 'Upper limit of Fit resolution' }).first();
    await grip.focus();
    await this.page.keyboard.press('Shift+ArrowDown');
  }

  async dragLimit(name: string, steps: number): Promise<void> {
    const grip = this.page.getByRole('slider', { name }).first();
    const box = await grip.boundingBox();
    if (box === null) throw new Error(`no grip ${name}`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    for (let i = 0; i <= steps; i++) await this.page.mouse.move(x, y + 50 * Math.sin((i / steps) * Math.PI));
    await this.page.mouse.up();
  }

  async clearSelection(): Promise<void> {
    const clear = this.page.getByRole('button', { name: 'Clear selection' });
    if ((await clear.count()) > 0) await clear.click();
    await this.settled();
  }

  /** After a garbage collection. Private memory of the process, without shared pages. */
  async memory(browser: Browser): Promise<{ heapMB: number; privateMB: number }> {
    const tab = await this.#context.newCDPSession(this.page);
    await tab.send('HeapProfiler.collectGarbage');
    const { usedSize } = await tab.send('Runtime.getHeapUsage');
    const all = await browser.newBrowserCDPSession();
    const { processInfo } = await all.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const largest = Math.max(...renderers.map(({ id }) => privateBytes(id)));
    return { heapMB: usedSize / 1e6, privateMB: largest / 1e6 };
  }
}

/** CPU time of the main thread, ms. */
export async function mainThreadClock(page: Page): Promise<() => Promise<number>> {
  const tab = await page.context().newCDPSession(page);
  await tab.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await tab.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
}

function privateBytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kibibytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)].map(([, n]) => Number(n));
  return kibibytes.reduce((sum, n) => sum + n, 0) * 1024;
}

export interface Frames {
  readonly perSecond: number;
  readonly maxGapMs: number;
  /** Mean CPU time of the page's main thread per frame: independent of other load on the machine. */
  readonly cpuMs: number;
}

/** Frames that the page painted during an action. */
export async function framesDuring(page: Page, work: () => Promise<void>): Promise<Frames> {
  const worked = await mainThreadClock(page);
  const began = await worked();
  await page.evaluate('window.benchFrames = []');
  await work();
  const frames = await page.evaluate<number[]>('window.benchFrames');
  await page.evaluate('window.benchFrames = null');
  const cpuMs = ((await worked()) - began) / Math.max(1, frames.length - 1);
  let maxGapMs = 0;
  for (let i = 1; i < frames.length; i++) maxGapMs = Math.max(maxGapMs, frames[i]! - frames[i - 1]!);
  const spanMs = (frames.at(-1) ?? 0) - (frames[0] ?? 0);
  return { perSecond: ((frames.length - 1) * 1000) / spanMs, maxGapMs, cpuMs };
}
