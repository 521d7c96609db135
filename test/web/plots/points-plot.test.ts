import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchTestChromium } from '../../support/browser/chromium.ts';
import { type ComponentHarness, openComponentHarness } from '../../support/browser/component-harness.ts';
import { dragFingers } from '../../support/browser/touch.ts';

const FIXTURE = 'plots/points-plot';
/** The plot is 468 px wide and 246 px high; the axes take 58 px at the left and 38 px at the bottom. */
const AREA = { left: 58, top: 8, width: 400, height: 200 };
/** Total motion of movies 1 to 4, Angstrom. The axis extends from 0 to 40 + 6 % of 30. */
const MOTION = [10, 20, 30, 40];
const TOP_A = 41.8;
/** Alpha (0..255) that only points of good fits exceed: theirs is 0.85 * 255, that of others 0.3 times it. */
const SOLID_ALPHA = 128;
const BLUE = '#0072b2';
/** Grey of movies that are not selected, and of the crosses of rejected movies. */
const GREY = '#56626d';

const args = (values: readonly (number | null)[] = MOTION, changes: object = {}) => ({
  rows: values.map((motionTotalA, i) => ({ seq: i + 1, motionTotalA })),
  metrics: ['motionTotal'],
  ...changes,
});
/** Position of one of the four movies in the plot, px. */
const positionOf = (seq: number, motion = MOTION[seq - 1] ?? 0) => ({
  x: AREA.left + ((seq - 0.5) / MOTION.length) * AREA.width,
  y: AREA.top + (1 - motion / TOP_A) * AREA.height,
});
const boxAround = ({ x, y }: { x: number; y: number }) => ({ x: x - 4, y: y - 4, width: 8, height: 8 });

describe.skipIf(!CHROMIUM)('PointsPlot in Chromium [needs Chromium: Debian package chromium]', () => {
  let browser: Browser;
  let harness: ComponentHarness;
  let plot: Locator;

  beforeAll(async () => {
    browser = await launchTestChromium();
    harness = await openComponentHarness(browser, { hasTouch: true });
    plot = harness.page.getByRole('slider', { name: 'Plot under test' });
  });
  afterEach(() => expect(harness.pageErrors.splice(0)).toEqual([]));
  afterAll(async () => {
    await harness?.close();
    await browser?.close();
  });

  const mount = async (fixtureArgs: object) => {
    await harness.mount(FIXTURE, fixtureArgs);
    await plot.waitFor();
    // The points are drawn at the same time as the axis.
    await expect.poll(() => countDrawnPixels({ x: 40, y: 0, width: 18, height: 230 })).toBeGreaterThan(0);
  };
  const countDrawnPixels = (box: Parameters<ComponentHarness['countDrawnPixels']>[1], color?: string) =>
    harness.countDrawnPixels('canvas:first-of-type', box, color);
  const countOverlayPixels = (box: Parameters<ComponentHarness['countDrawnPixels']>[1]) =>
    harness.countDrawnPixels('canvas:nth-of-type(2)', box);
  const lastReported = async <T>(name: string) => (await harness.reported(name)).at(-1) as T;
  const positionOnPage = async (point: { x: number; y: number }) => {
    const box = await plot.boundingBox();
    return { x: (box?.x ?? 0) + point.x, y: (box?.y ?? 0) + point.y };
  };
  const drag = async (from: { x: number; y: number }, to: { x: number; y: number }) => {
    const [start, end] = [await positionOnPage(from), await positionOnPage(to)];
    await harness.page.mouse.move(start.x, start.y);
    await harness.page.mouse.down();
    await harness.page.mouse.move(end.x, end.y, { steps: 4 });
    await harness.page.mouse.up();
  };

  describe('draws', () => {
    it('a point in the colour of the metric at each value, and nothing else', async () => {
      await mount(args());
      for (const seq of [1, 2, 3, 4])
        await expect.poll(() => countDrawnPixels(boxAround(positionOf(seq)), BLUE)).toBeGreaterThan(8);
      await expect.poll(() => countDrawnPixels(boxAround(positionOf(1, 30)), BLUE)).toBe(0);
      await expect
        .poll(() =>
          countDrawnPixels({ x: AREA.left, y: AREA.top, width: AREA.width, height: AREA.height }, BLUE),
        )
        .toBeLessThan(4 * 30);
    });

    it('nothing for a movie without the value', async () => {
      await mount(args([10, null, 30, 40]));
      await expect
        .poll(() =>
          countDrawnPixels({ x: positionOf(2).x - 8, y: AREA.top, width: 16, height: AREA.height }, BLUE),
        )
        .toBe(0);
      await expect.poll(() => countDrawnPixels(boxAround(positionOf(3)), BLUE)).toBeGreaterThan(8);
    });

    it.each([
      ['no movie', []],
      ['no movie with a value', [null, null]],
    ])('axes and no point if there is %s', async (_title, values) => {
      await mount(args(values));
      await expect
        .poll(() => countDrawnPixels({ x: AREA.left, y: 0, width: AREA.width, height: 246 }, BLUE))
        .toBe(0);
      await expect.poll(() => plot.getAttribute('aria-valuetext')).toBe('–');
    });

    it('rejected movies as grey crosses, and points of doubtful fits fainter', async () => {
      await mount(args(MOTION, { rejected: ['movie_2'] }));
      await expect.poll(() => countDrawnPixels(boxAround(positionOf(2)), GREY)).toBeGreaterThan(3);
      await expect.poll(() => countDrawnPixels(boxAround(positionOf(2)), BLUE)).toBe(0);
      const rows = [
        { seq: 1, defocusUA: 10_000, confidence: 0.9 },
        { seq: 2, defocusUA: 20_000, confidence: 0.2 },
      ];
      await mount({ rows, metrics: ['defocusU'], isFadedIfDoubtful: true });
      const halfWidth = AREA.width / 2;
      const solidInkIn = (side: number) => {
        const box = { x: AREA.left + side * halfWidth, y: AREA.top, width: halfWidth, height: AREA.height };
        return harness.countDrawnPixels('canvas:first-of-type', box, BLUE, SOLID_ALPHA);
      };
      await expect.poll(() => solidInkIn(0)).toBeGreaterThan(8);
      await expect.poll(() => solidInkIn(1)).toBe(0);
    });
  });

  describe('selects', () => {
    it('the movies in the box, and shows the others in grey', async () => {
      await mount(args());
      const [from, to] = [positionOf(2), positionOf(3)];
      await drag({ x: from.x - 20, y: to.y - 20 }, { x: to.x + 20, y: from.y + 20 });
      await expect.poll(() => lastReported('selected')).toEqual(['movie_2', 'movie_3']);
      await expect
        .poll(async () => (await lastReported<{ box: object }>('criteria')).box)
        .toMatchObject({ x: 'seq', y: 'motionTotal' });
      await expect.poll(() => countDrawnPixels(boxAround(positionOf(1)), BLUE)).toBe(0);
      await expect.poll(() => countDrawnPixels(boxAround(positionOf(2)), BLUE)).toBeGreaterThan(8);
      await expect.poll(() => countDrawnPixels(boxAround(positionOf(1)), GREY)).toBeGreaterThan(8);
    });

    it('the movies in the box of a plot of two metrics', async () => {
      await mount(args(MOTION, { x: 'seconds', startsAtZero: true }));
      await drag({ x: AREA.left + 1, y: AREA.top + 1 }, { x: AREA.left + 399, y: positionOf(1, 25).y });
      await expect.poll(() => lastReported('selected')).toEqual(['movie_3', 'movie_4']);
    });

    it('nothing on a click, which chooses the nearest movie', async () => {
      await mount(args());
      const { x, y } = positionOf(3);
      await plot.click({ position: { x: x + 10, y: y + 40 } });
      await expect.poll(() => lastReported('chosen')).toBe('movie_3');
      await expect.poll(() => lastReported('selected')).toBeNull();
      await expect.poll(() => countOverlayPixels(boxAround(positionOf(3)))).toBeGreaterThan(0);
    });
  });

  describe('limits can be', () => {
    const upperLimit = () => harness.page.getByRole('slider', { name: 'Upper limit of Total motion' });
    const lowerLimit = () => harness.page.getByRole('slider', { name: 'Lower limit of Total motion' });
    const limits = async () =>
      (await lastReported<{ limits: { motionTotal?: object } }>('criteria')).limits.motionTotal;

    it('dragged with the mouse', async () => {
      await mount(args());
      const grip = await upperLimit().boundingBox();
      await harness.page.mouse.move((grip?.x ?? 0) + 4, (grip?.y ?? 0) + 4);
      await harness.page.mouse.down();
      const to = await positionOnPage(positionOf(4, 25));
      await harness.page.mouse.move(to.x, to.y, { steps: 4 });
      await harness.page.mouse.up();
      await expect.poll(() => lastReported('selected')).toEqual(['movie_1', 'movie_2']);
      await expect.poll(limits).toEqual({ high: expect.closeTo(25, 0) });
    });

    it('dragged with a finger', async () => {
      await mount(args());
      const grip = await lowerLimit().boundingBox();
      const from = { x: (grip?.x ?? 0) + 8, y: (grip?.y ?? 0) + 4 };
      const to = await positionOnPage(positionOf(4, 15));
      await dragFingers(harness.page, [
        [from, { x: from.x, y: (from.y + to.y) / 2 }, { x: from.x, y: to.y }],
      ]);
      await expect.poll(() => lastReported('selected')).toEqual(['movie_2', 'movie_3', 'movie_4']);
    });

    it('moved by keys, but not beyond each other, and removed', async () => {
      await mount(args());
      const step = TOP_A / 100;
      await upperLimit().focus();
      await harness.page.keyboard.press('ArrowDown');
      await harness.page.keyboard.press('Shift+ArrowDown');
      await expect.poll(limits).toEqual({ high: expect.closeTo(TOP_A - 11 * step, 5) });
      await lowerLimit().focus();
      for (let i = 0; i < 12; i++) await harness.page.keyboard.press('Shift+ArrowUp');
      const high = TOP_A - 11 * step;
      await expect.poll(limits).toEqual({ high: expect.closeTo(high, 5), low: expect.closeTo(high, 5) });
      await harness.page.keyboard.press('Delete');
      await expect.poll(limits).toEqual({ high: expect.closeTo(high, 5) });
      await upperLimit().dblclick();
      await expect.poll(limits).toBeUndefined();
    });

    it('removed by dragging them to the edge', async () => {
      await mount(args());
      await upperLimit().focus();
      await harness.page.keyboard.press('Shift+ArrowDown');
      const grip = await upperLimit().boundingBox();
      await harness.page.mouse.move((grip?.x ?? 0) + 4, (grip?.y ?? 0) + 4);
      await harness.page.mouse.down();
      const top = await positionOnPage({ x: 440, y: AREA.top - 5 });
      await harness.page.mouse.move(top.x, top.y, { steps: 4 });
      await harness.page.mouse.up();
      await expect.poll(limits).toBeUndefined();
    });
  });

  describe('moves and zooms', () => {
    const zoom = async () => (await lastReported<{ x: readonly [number, number] | null }>('zoom')).x;

    it('from movie to movie by keys, and opens the chosen movie', async () => {
      await mount(args());
      await plot.focus();
      await harness.page.keyboard.press('Home');
      await harness.page.keyboard.press('ArrowRight');
      await expect.poll(() => lastReported('chosen')).toBe('movie_2');
      await expect.poll(() => plot.getAttribute('aria-valuetext')).toBe('movie_2 20.0 Å');
      await harness.page.keyboard.press('Enter');
      await expect.poll(() => lastReported('opened')).toBe('movie_2');
    });

    it('into the dragged range, and back by a double click', async () => {
      await mount(args(MOTION, { mode: 'zoom' }));
      await drag({ x: positionOf(2).x, y: 50 }, { x: positionOf(3).x, y: 150 });
      const range = await zoom();
      expect(range?.[0]).toBeCloseTo(2, 1);
      expect(range?.[1]).toBeCloseTo(3, 1);
      await plot.dblclick({ position: { x: 200, y: 100 } });
      await expect.poll(zoom).toBeNull();
    });

    it('sideways by dragging in pan mode, and in every mode with Shift', async () => {
      for (const mode of ['pan', 'select']) {
        await mount(args(MOTION, { mode }));
        if (mode === 'select') await harness.page.keyboard.down('Shift');
        await drag({ x: 300, y: 100 }, { x: 200, y: 100 });
        await harness.page.keyboard.up('Shift');
        // 400 px show 4 movies.
        await expect.poll(zoom).toEqual([expect.closeTo(1.5, 2), expect.closeTo(5.5, 2)]);
      }
    });

    it('with the wheel only while Ctrl is held', async () => {
      await mount(args());
      await plot.hover({ position: { x: AREA.left + 200, y: 100 } });
      await harness.page.mouse.wheel(0, -300);
      await harness.page.keyboard.down('Control');
      await harness.page.mouse.wheel(0, -300);
      await harness.page.keyboard.up('Control');
      await expect.poll(zoom).not.toBeNull();
      const [low, high] = (await zoom()) ?? [0, 0];
      expect((low + high) / 2).toBeCloseTo(2.5, 1);
      expect(high - low).toBeCloseTo(4 * 1.0015 ** -300, 1);
    });

    it('with two fingers, without selecting anything', async () => {
      await mount(args());
      const [left, right] = [
        await positionOnPage({ x: 208, y: 100 }),
        await positionOnPage({ x: 308, y: 100 }),
      ];
      const move = (point: { x: number; y: number }, distance: number) =>
        [0, 0.5, 1].map((fraction) => ({ x: point.x + distance * fraction, y: point.y }));
      await dragFingers(harness.page, [move(left, -50), move(right, 50)]);
      // The fingers end twice as far apart, so half of the range is shown, around their centre.
      await expect.poll(zoom).toEqual([expect.closeTo(1.5, 2), expect.closeTo(3.5, 2)]);
      await expect.poll(() => lastReported('selected')).toBeNull();
    });
  });
});
