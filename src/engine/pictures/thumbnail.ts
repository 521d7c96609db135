import { createCanvas, drawGray, encodeJpeg } from './canvas.ts';
import { type PictureSource, shrink, toGray } from './gray.ts';

/**
 * Small picture of a micrograph, longest side at most `maxSide` pixels, row 0 at the bottom.
 * @returns a JPEG file's bytes
 */
export async function renderThumbnail(
  image: PictureSource,
  { maxSide = 512 }: { readonly maxSide?: number } = {},
): Promise<Buffer> {
  const gray = toGray(shrink(image, maxSide));
  const canvas = createCanvas(gray.width, gray.height);
  drawGray(canvas, gray, 0, 0);
  return encodeJpeg(canvas);
}
