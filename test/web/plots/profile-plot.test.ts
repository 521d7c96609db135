import { expect, it } from 'vitest';
import { describeComponent } from '../../support/browser/describe-component.ts';
import { exampleCtf } from '../example/movies.ts';

const CTF = exampleCtf();
const GREEN = '#008a66';
const BLUE = '#0072b2';

describeComponent('ProfilePlot', (shared) => {
  const page = () => shared.harness.page;
  const readout = () => page().locator('figcaption').innerText();
  /** The plot within its axes, px of the canvas. */
  const area = async () => {
    const [canvas, over] = [
      await page().locator('canvas').boundingBox(),
      await page().locator('.u-over').boundingBox(),
    ];
    if (canvas === null || over === null) throw new Error('The plot is not visible');
    return { x: over.x - canvas.x, y: over.y - canvas.y, width: over.width, height: over.height };
  };
  const mount = async (ctf: object = CTF, width = '480px') => {
    await shared.harness.mount('plots/profile-plot', { ctf, width });
    await page().locator('canvas').waitFor();
  };
  const countDrawnPixels = (box: { x: number; y: number; width: number; height: number }, color: string) =>
    shared.harness.countDrawnPixels('canvas', box, color);

  it('shows the resolution up to which the fit extends', async () => {
    await mount();
    await page().getByRole('img', { name: 'Radial profile, fit to 3.40 Å.' }).waitFor();
  });

  it('draws the model, and a line at the fit resolution', async () => {
    await mount();
    const { x, y, width, height } = await area();
    await expect.poll(() => countDrawnPixels({ x, y, width, height }, BLUE)).toBeGreaterThan(width / 2);
    const lineX = x + width / CTF.fitResolutionA / (CTF.profile.frequencyPerA.at(-1) ?? 1);
    await expect
      .poll(() => countDrawnPixels({ x: lineX - 3, y, width: 6, height }, GREEN))
      .toBeGreaterThan(height / 2);
    await expect.poll(() => countDrawnPixels({ x: lineX - 40, y, width: 30, height }, GREEN)).toBe(0);
  });

  it('shows the values, the frequency and its resolution under the pointer', async () => {
    await mount();
    await expect.poll(readout).not.toMatch(/\d/);
    const { width, height } = await area();
    await page()
      .locator('.u-over')
      .hover({ position: { x: width / 2, y: height / 2 } });
    await expect.poll(readout).toMatch(/data\s+−?-?\d\.\d\d\s+model\s+−?-?\d\.\d\d\s+CC\s+−?-?\d\.\d\d/);
    const [, perA, resolutionA] = /(0\.\d{3}) 1\/Å = (\d+\.\d\d) Å/.exec(await readout()) ?? [];
    expect(Number(perA)).toBeCloseTo(0.45 / 2, 2);
    expect(Number(resolutionA)).toBeCloseTo(1 / Number(perA), 1);
    await page().mouse.move(700, 600);
    await expect.poll(readout).not.toMatch(/\d/);
  });

  it('adapts to the width of the window', async () => {
    await mount(CTF, '50vw');
    const initialArea = await area();
    await page().setViewportSize({ width: 1000, height: 700 });
    await expect.poll(async () => (await area()).width).toBe(initialArea.width + 100);
    await page().setViewportSize({ width: 800, height: 700 });
    await expect.poll(area).toEqual(initialArea);
  });
});
