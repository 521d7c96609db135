import { expect, it } from 'vitest';
import { describeComponent, numbersOf } from '../../support/browser/describe-component.ts';

/** 24 bins between 10 px and 106 px: a value is in the bin of its integer part. */
const RANGE = [0, 24];
const BOTTOM_PX = 106;
const BIN_PX = 4;
const MAX_LENGTH_PX = 88;
/** Gap between two bars. */
const GAP_PX = 0.5;

describeComponent('Histogram', (shared) => {
  const mount = async (args: object) => {
    await shared.harness.mount('plots/histogram', { range: RANGE, median: null, ...args });
    await picture().waitFor();
  };
  const picture = () => shared.harness.page.getByRole('img', { name: 'Histogram under test' });
  /** Visible bars: [bin, length in px]. @param opacity - opacity of the layer of bars */
  const bars = async (opacity: number) => {
    const rects = picture().locator(`rect[opacity="${opacity}"]`);
    const [ys, widths] = [await numbersOf(rects, 'y'), await numbersOf(rects, 'width')];
    return ys
      .map((y, i) => [(BOTTOM_PX + GAP_PX - y) / BIN_PX - 1, widths[i]] as const)
      .filter(([, width]) => width !== 0);
  };

  it('draws one bar per bin from bottom to top, with a length proportional to the count', async () => {
    await mount({ values: [3.1, 3.2, 3.9, 3.5, 20.5] });
    await expect
      .poll(() => bars(0.55))
      .toEqual([
        [3, MAX_LENGTH_PX],
        [20, MAX_LENGTH_PX / 4],
      ]);
  });

  it('counts values beyond the range in the end bins, and ignores movies without a value', async () => {
    await mount({ values: [-7, 99, null, 12] });
    await expect.poll(async () => (await bars(0.55)).map(([bin]) => bin)).toEqual([0, 12, 23]);
  });

  it('draws the selected movies over all movies', async () => {
    await mount({ values: [5, 5, 9, 9], selected: [true, false, false, false] });
    await expect
      .poll(() => bars(0.2))
      .toEqual([
        [5, MAX_LENGTH_PX],
        [9, MAX_LENGTH_PX],
      ]);
    await expect.poll(() => bars(0.75)).toEqual([[5, MAX_LENGTH_PX / 2]]);
  });

  it('marks the median with a dashed line', async () => {
    await mount({ values: [5, 6, 7], median: 6 });
    const line = picture().locator('line[stroke-dasharray]');
    await expect.poll(async () => Number(await line.getAttribute('y1'))).toBe(BOTTOM_PX - 6 * BIN_PX);
    await mount({ values: [], median: null });
    await expect.poll(() => line.count()).toBe(0);
    await expect.poll(() => bars(0.55)).toEqual([]);
  });
});
