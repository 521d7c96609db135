import { expect, it } from 'vitest';
import { describeComponent, numbersOf } from '../../support/browser/describe-component.ts';
import { exampleMotion } from '../example/movies.ts';

/** Frames 3 to 6 of a movie: 3 Angstrom to the right, then 4 up, then no motion. */
const MOTION = {
  ...exampleMotion(),
  firstFrame: 3,
  lastFrame: 6,
  referenceFrame: 4,
  totalA: 7,
  shiftsA: [
    [0, 0],
    [3, 0],
    [3, 4],
    [3, 4],
  ],
};
/** All circles except the ring around the first frame. */
const FRAME_POINTS = 'circle:not([r="7"])';

describeComponent('DriftPlot', (shared) => {
  const page = () => shared.harness.page;
  const picture = () =>
    page().getByRole('img', { name: 'Path of the specimen from frame 3 to frame 6, 7.0 Å long' });
  const mount = async (motion: object = MOTION) => {
    await shared.harness.mount('plots/drift-plot', { motion });
    await page().getByRole('figure').waitFor();
  };
  /** Centres of the points of the frames, px. */
  const points = async () => {
    const circles = picture().locator(FRAME_POINTS);
    const [xs, ys] = [await numbersOf(circles, 'cx'), await numbersOf(circles, 'cy')];
    return xs.map((x, i) => ({ x, y: ys[i] ?? Number.NaN }));
  };

  it('draws a point per frame with the same scale in x and y; y points upwards', async () => {
    await mount();
    // Zero width before the first layout.
    await expect.poll(async () => Number(await picture().getAttribute('width'))).toBeGreaterThan(400);
    const [first, right, up, last] = await points();
    if (!first || !right || !up) throw new Error('Points are missing');
    const pxPerA = (right.x - first.x) / 3;
    expect(pxPerA).toBeGreaterThan(10);
    expect(right.y).toBeCloseTo(first.y, 6);
    expect(right.y - up.y).toBeCloseTo(4 * pxPerA, 6);
    expect(last).toEqual(up);
  });

  it('labels the first and the last frame', async () => {
    await mount();
    await picture().getByText('frame 3', { exact: true }).waitFor();
    await picture().getByText('6', { exact: true }).last().waitFor();
  });

  it('shows frame and shift under the pointer, and otherwise the reference frame of the drift', async () => {
    await mount();
    const caption = page().locator('figcaption');
    await expect.poll(() => caption.innerText()).toContain('relative to frame 4');
    await picture().locator(FRAME_POINTS).nth(1).hover();
    await expect.poll(() => caption.innerText()).toContain('frame 4 x 3.00, y 0.00 Å');
    await page().mouse.move(700, 600);
    await expect.poll(() => caption.innerText()).toContain('relative to frame 4');
  });

  it('draws a movie of one frame as a point', async () => {
    await mount({ ...MOTION, lastFrame: 3, totalA: 0, shiftsA: [[0, 0]] });
    const single = page().getByRole('img', { name: 'Path of the specimen from frame 3 to frame 3' });
    await expect.poll(() => single.locator('circle').count()).toBe(2);
    await expect.poll(() => single.getByText('frame 3', { exact: true }).count()).toBe(1);
  });
});
