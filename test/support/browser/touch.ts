import type { Page } from 'playwright-core';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Moves fingers over the page, each along its own path of positions; they touch and lift together. */
export async function dragFingers(page: Page, paths: readonly (readonly Point[])[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const steps = Math.max(...paths.map((path) => path.length));
  const touchPointsAt = (step: number) =>
    paths.flatMap((path, id) => {
      const point = path[Math.min(step, path.length - 1)];
      return point === undefined ? [] : [{ ...point, id }];
    });
  for (let step = 0; step < steps; step++)
    await session.send('Input.dispatchTouchEvent', {
      type: step === 0 ? 'touchStart' : 'touchMove',
      touchPoints: touchPointsAt(step),
    });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}
