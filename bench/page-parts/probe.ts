import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface Drawing {
  /** ms since the navigation began. */
  readonly start: number;
  readonly end: number;
}

/** Drawing counts as complete if no plot was drawn for this long. */
const IDLE_MS = 700;

/**
 * Runs in the page before the scripts of the page: records when plots are drawn and, on request, when frames
 * are painted.
 */
const INSTRUMENTATION = `
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

/** A page under test, logged in, with an empty cache. */
export class PageProbe {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.#context = context;
  }

  static async open(browser: Browser, address: string, token: string): Promise<PageProbe> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
    const response = await context.request.post(`${address}/api/v1/login`, { data: { token } });
    if (!response.ok()) throw new Error(`login: ${response.status()} ${await response.text()}`);
    const page = await context.newPage();
    await page.addInitScript(INSTRUMENTATION);
    return new PageProbe(page, context);
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  /** When plots were drawn since the navigation. */
  plotDrawings(): Promise<Drawing[]> {
    return this.page.evaluate<Drawing[]>('window.benchPlots');
  }

  /** Sum of all layout shifts since the navigation. */
  layoutShift(): Promise<number> {
    return this.page.evaluate<number>('window.benchShift');
  }

  /** Waits until the plots show all movies and drawing is complete. */
  async waitForAllMovies(movies: number): Promise<void> {
    const name = `Defocus of ${movies.toLocaleString('en')} movies,`;
    await this.page.locator(`[role="slider"][aria-label^="${name}"]`).waitFor({ timeout: 60_000 });
    await this.waitForDrawing();
  }

  /** Waits until drawing is complete. */
  async waitForDrawing(): Promise<void> {
    let previousCount = -1;
    for (let count = 0; count !== previousCount; count = (await this.plotDrawings()).length) {
      previousCount = count;
      await this.page.waitForTimeout(IDLE_MS);
    }
  }

  async plotBox(name: RegExp) {
    const plot = this.page.getByRole('slider', { name });
    await plot.scrollIntoViewIfNeeded();
    const box = await plot.boundingBox();
    if (box === null) throw new Error(`no plot ${name}`);
    return box;
  }

  /** Changes the selection with the keyboard. */
  async selectByKey(): Promise<void> {
    const handle = this.page.getByRole('slider', { name: 'Upper limit of Fit resolution' }).first();
    await handle.focus();
    await this.page.keyboard.press('Shift+ArrowDown');
  }

  async dragLimit(name: string, steps: number): Promise<void> {
    const handle = this.page.getByRole('slider', { name }).first();
    const box = await handle.boundingBox();
    if (box === null) throw new Error(`no handle ${name}`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    for (let i = 0; i <= steps; i++) await this.page.mouse.move(x, y + 50 * Math.sin((i / steps) * Math.PI));
    await this.page.mouse.up();
  }

  async clearSelection(): Promise<void> {
    const clear = this.page.getByRole('button', { name: 'Clear selection' });
    if ((await clear.count()) > 0) await clear.click();
    await this.waitForDrawing();
  }

  /** Memory after a garbage collection: JavaScript heap, and private memory of the tab's process. */
  async memory(browser: Browser): Promise<{ heapMB: number; privateMB: number }> {
    const tab = await this.#context.newCDPSession(this.page);
    await tab.send('HeapProfiler.collectGarbage');
    const { usedSize } = await tab.send('Runtime.getHeapUsage');
    const browserSession = await browser.newBrowserCDPSession();
    const { processInfo } = await browserSession.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const largest = Math.max(...renderers.map(({ id }) => privateBytes(id)));
    return { heapMB: usedSize / 1e6, privateMB: largest / 1e6 };
  }
}

/** Returns a function that reads the CPU time of the main thread, ms. */
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

/** Rate and CPU time of the frames that the page paints during an action. */
export async function framesDuring(page: Page, work: () => Promise<void>): Promise<Frames> {
  const cpuTime = await mainThreadClock(page);
  const cpuBefore = await cpuTime();
  await page.evaluate('window.benchFrames = []');
  await work();
  const frames = await page.evaluate<number[]>('window.benchFrames');
  await page.evaluate('window.benchFrames = null');
  const cpuMs = ((await cpuTime()) - cpuBefore) / Math.max(1, frames.length - 1);
  let maxGapMs = 0;
  for (let i = 1; i < frames.length; i++) maxGapMs = Math.max(maxGapMs, frames[i]! - frames[i - 1]!);
  const spanMs = (frames.at(-1) ?? 0) - (frames[0] ?? 0);
  return { perSecond: ((frames.length - 1) * 1000) / spanMs, maxGapMs, cpuMs };
}
