import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../support/browser/chromium.ts';
import { type ComponentHarness, openComponentHarness } from '../support/browser/component-harness.ts';
import { type FontEnvironment, HAS_GOLDEN_FONT, makeFontEnvironment } from '../support/browser/fonts.ts';
import { expectGolden } from '../support/golden-picture.ts';
import { exampleCtf, exampleMotion, exampleRows } from './example-movies.ts';

const canDraw = CHROMIUM !== undefined && HAS_GOLDEN_FONT;
const rows = exampleRows(120);
const rejected = rows.filter(({ verdict }) => verdict === 'rejected').map(({ base }) => base);

describe.skipIf(!canDraw)('charts look as in their golden pictures [needs Chromium and DejaVu Sans]', () => {
  let fonts: FontEnvironment;
  let browser: Browser;
  let harness: ComponentHarness;

  beforeAll(async () => {
    fonts = await makeFontEnvironment();
    browser = await launchChromium([], fonts.env);
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
      { rows, rejected, title: 'Defocus', metrics: ['defocusU', 'defocusV'], fromZero: false, fromFit: true },
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
    await harness.settled();
    expect(harness.complaints).toEqual([]);
    await expectGolden(`chart-${name}`, await harness.picture());
  });
});
