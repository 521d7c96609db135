import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchTestChromium } from '../support/browser/chromium.ts';
import { type ComponentHarness, openComponentHarness } from '../support/browser/component-harness.ts';
import { type FontEnvironment, HAS_GOLDEN_FONT, makeFontEnvironment } from '../support/browser/fonts.ts';
import { expectGolden, MAX_SHARE } from '../support/golden-picture.ts';
import { differenceOf } from '../support/picture-difference.ts';
import { exampleCtf, exampleMotion, exampleRows } from './example/movies.ts';

const canDraw = CHROMIUM !== undefined && HAS_GOLDEN_FONT;
const rows = exampleRows(120);
const rejected = rows.filter(({ verdict }) => verdict === 'rejected').map(({ base }) => base);
/** Late motion has the values of early motion, so that plots of the two differ only in colour. */
const ONE_METRIC = {
  rows: rows.map((row) => ({ ...row, motionLateA: row.motionEarlyA })),
  metrics: ['motionEarly'],
};

describe.skipIf(!canDraw)('charts match their golden images [needs Chromium and DejaVu Sans]', () => {
  let fonts: FontEnvironment;
  let browser: Browser;
  let harness: ComponentHarness;

  beforeAll(async () => {
    fonts = await makeFontEnvironment();
    browser = await launchTestChromium(fonts.env);
    harness = await openComponentHarness(browser, { viewport: { width: 700, height: 500 } });
  });
  afterAll(async () => {
    await harness?.close();
    await browser?.close();
    await fonts?.remove();
  });

  it.each<[string, string, object]>([
    [
      'series-of-two-metrics',
      'plots/series-figure',
      {
        rows,
        rejected,
        title: 'Defocus',
        metrics: ['defocusU', 'defocusV'],
        startsAtZero: false,
        isFadedIfDoubtful: true,
      },
    ],
    [
      'series-from-zero',
      'plots/series-figure',
      { rows, rejected, title: 'Motion', metrics: ['motionTotal'] },
    ],
    ['series-empty', 'plots/series-figure', { rows: [], title: 'Motion', metrics: ['motionTotal'] }],
    ['scatter', 'plots/scatter-card', { rows, rejected }],
    ['drift', 'plots/drift-plot', { motion: exampleMotion() }],
    ['profile', 'plots/profile-plot', { ctf: exampleCtf() }],
  ])('%s', async (name, fixture, args) => {
    await harness.mount(fixture, args);
    await harness.waitUntilSettled();
    expect(harness.pageErrors).toEqual([]);
    await expectGolden(`chart-${name}`, await harness.picture());
  });

  /** Differences that the comparison must detect. */
  it.each<[string, object, object]>([
    ['an axis that is missing', ONE_METRIC, { ...ONE_METRIC, hasXAxis: false }],
    ['a different colour of the points', ONE_METRIC, { ...ONE_METRIC, metrics: ['motionLate'] }],
    ['a series that is missing', { ...ONE_METRIC, metrics: ['motionEarly', 'motionTotal'] }, ONE_METRIC],
    ['an axis that begins at a different value', ONE_METRIC, { ...ONE_METRIC, startsAtZero: false }],
  ])('the comparison detects %s', async (_title, before, after) => {
    const pictureOf = async (args: object) => {
      await harness.mount('plots/points-plot', args);
      await harness.waitUntilSettled();
      return harness.picture();
    };
    const { share } = await differenceOf(await pictureOf(before), await pictureOf(after));
    expect(share).toBeGreaterThan(2 * MAX_SHARE);
  });
});
