import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { differenceOf } from './picture-difference.ts';

const [WIDTH, HEIGHT] = [200, 100];

/** A white picture with a rectangle. */
const picture = (left: number, width: number, color = '#0072b2', height = HEIGHT) =>
  sharp({ create: { width: WIDTH, height, channels: 3, background: '#ffffff' } })
    .composite([{ input: { create: { width, height: 20, channels: 3, background: color } }, left, top: 40 }])
    .png()
    .toBuffer();

describe('differenceOf', () => {
  it('is zero for identical pictures', async () => {
    expect((await differenceOf(await picture(50, 40), await picture(50, 40))).share).toBe(0);
  });

  it('is zero for an invisible difference in shade', async () => {
    expect((await differenceOf(await picture(50, 40), await picture(50, 40, '#0a7ab8'))).share).toBe(0);
  });

  it.each([
    ['has another colour', () => picture(50, 40, '#d55e00')],
    ['is missing', () => picture(50, 40, '#ffffff')],
  ])(
    'is approximately the area of a rectangle that %s, and the rectangle is marked in red',
    async (_title, changed) => {
      const { share, picture: marked } = await differenceOf(await picture(50, 40), await changed());
      expect(share).toBeGreaterThan((0.9 * 40 * 20) / (WIDTH * HEIGHT));
      expect(share).toBeLessThan((1.5 * 40 * 20) / (WIDTH * HEIGHT));
      const red = await sharp(marked).extract({ left: 70, top: 50, width: 1, height: 1 }).raw().toBuffer();
      expect([...red]).toEqual([220, 0, 0]);
    },
  );

  it('is small for an edge that is shifted by a pixel', async () => {
    expect((await differenceOf(await picture(50, 40), await picture(51, 40))).share).toBeLessThan(0.015);
  });

  it('is 1 if the sizes differ', async () => {
    expect((await differenceOf(await picture(50, 40), await picture(50, 40, '#0072b2', 90))).share).toBe(1);
  });
});
