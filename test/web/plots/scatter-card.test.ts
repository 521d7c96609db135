import { expect, it } from 'vitest';
import { describeComponent } from '../../support/browser/describe-component.ts';

/** The plot is 300 px high; the axes take 58 px at the left and 38 px at the bottom. */
const AREA = { left: 58, top: 8, bottom: 262, marginRight: 10 };
/** Movies 1 to 4, in the order of increasing motion and processing time. */
const ROWS = [1, 2, 3, 4].map((seq) => ({ seq, motionTotalA: 10 * seq, seconds: 5 * seq }));
const PLANE = '?plane=motionTotal_seconds';

describeComponent('ScatterCard', (shared) => {
  const page = () => shared.harness.page;
  const plot = () =>
    page().getByRole('slider', { name: /^Total motion against Time per movie for 4 movies/ });
  const mount = (search = PLANE) => shared.harness.mount('plots/scatter-card', { rows: ROWS }, search);
  const plane = () => new URL(page().url()).searchParams.get('plane');
  const axis = (name: string) => page().getByRole('combobox', { name });

  it('shows the two metrics in the URL', async () => {
    await mount();
    await plot().waitFor();
    await expect.poll(() => axis('Vertical axis').inputValue()).toBe('Total motion');
    await expect.poll(() => axis('Horizontal axis').inputValue()).toBe('Time per movie');
  });

  it('swaps its axes, and stores them in the URL', async () => {
    await mount();
    await page().getByRole('button', { name: 'Swap axes' }).click();
    await page()
      .getByRole('slider', { name: /^Time per movie against Total motion/ })
      .waitFor();
    await expect.poll(plane).toBe('seconds_motionTotal');
  });

  it('shows another metric that is chosen by keyboard, and remembers the choice', async () => {
    await mount();
    await axis('Horizontal axis').focus();
    await page().keyboard.press('Enter');
    await page().getByRole('option', { name: 'Early motion' }).waitFor();
    const active = () => page().locator('[role="option"][data-combobox-selected]').innerText();
    await expect
      .poll(async () => {
        await page().keyboard.press('ArrowUp');
        return active();
      })
      .not.toBe('Time per movie');
    await page().keyboard.press('Enter');
    await expect.poll(plane).not.toBe('motionTotal_seconds');
    await expect.poll(() => axis('Horizontal axis').inputValue()).not.toBe('Time per movie');
    const chosen = await axis('Horizontal axis').inputValue();
    await mount('');
    await expect.poll(() => axis('Horizontal axis').inputValue()).toBe(chosen);
  });

  it('selects the movies in the box drawn with the brush', async () => {
    await mount();
    const axisPixels = () =>
      shared.harness.countDrawnPixels('canvas:first-of-type', { x: 40, y: 0, width: 18, height: 260 });
    await expect.poll(axisPixels).toBeGreaterThan(0);
    const box = await plot().boundingBox();
    if (box === null) throw new Error('The plot is not visible');
    const right = box.width - AREA.marginRight;
    // From the centre of the plot to its upper right corner: the two movies with the largest motion.
    await page().mouse.move(box.x + (AREA.left + right) / 2, box.y + (AREA.top + AREA.bottom) / 2);
    await page().mouse.down();
    await page().mouse.move(box.x + right - 2, box.y + AREA.top + 2, { steps: 4 });
    await page().mouse.up();
    await expect.poll(() => shared.last('selected')).toEqual(['movie_3', 'movie_4']);
    const selectedBox = async () => (await shared.last<{ box: object }>('criteria')).box;
    await expect.poll(selectedBox).toMatchObject({ x: 'seconds', y: 'motionTotal' });
  });

  it('moves from movie to movie with the arrow keys, and opens one with Enter', async () => {
    await mount();
    await plot().focus();
    for (const key of ['Home', 'ArrowRight', 'Enter']) await page().keyboard.press(key);
    await expect.poll(() => shared.last('chosen')).toBe('movie_2');
    await expect.poll(() => shared.last('opened')).toBe('movie_2');
  });
});
