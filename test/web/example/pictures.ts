import sharp from 'sharp';
import { createRandom } from '../../../src/base/random.ts';

const PARTICLES = 40;

/** JPEG of a grey value per pixel, 0..255. */
const greyscaleJpeg = (width: number, height: number, valueAt: (x: number, y: number) => number) => {
  const pixels = Buffer.alloc(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels[y * width + x] = valueAt(x, y);
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 90 })
    .toBuffer();
};

/** Micrograph with dark round particles. */
export function exampleMicrograph(width: number, height: number): Promise<Buffer> {
  const random = createRandom(7);
  const particles = Array.from({ length: PARTICLES }, () => ({
    x: random.between(0, width),
    y: random.between(0, height),
    r: 0.035 * width,
  }));
  return greyscaleJpeg(width, height, (x, y) => {
    const darkening = particles.some((p) => Math.hypot(p.x - x, p.y - y) < p.r) ? 45 : 0;
    return 160 - darkening;
  });
}

/** Power spectrum with Thon rings. */
export const exampleSpectrum = (size: number): Promise<Buffer> =>
  greyscaleJpeg(size, size, (x, y) => {
    const f = Math.hypot(x - size / 2, y - size / 2) / size;
    return 110 + 90 * Math.exp(-7 * f) * Math.cos(380 * f * f);
  });

/** Left half: a checkerboard, the pattern of an uncorrected camera. Right half: no pattern, as corrected. */
export const exampleGainPicture = (width: number, height: number): Promise<Buffer> =>
  greyscaleJpeg(width, height, (x, y) => {
    const isUncorrected = x < width / 2;
    const isOdd = (Math.floor(x / 40) + Math.floor(y / 40)) % 2 === 1;
    return isUncorrected && isOdd ? 90 : 140;
  });
