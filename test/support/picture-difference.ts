import sharp from 'sharp';

/** Sigma of the Gaussian that smooths pictures, because edges of letters differ between machines. */
const SMOOTHING_SIGMA_PX = 1.5;
/** A channel, 0..255, that differs by more than this after smoothing is a different colour. */
const MAX_CHANNEL_DIFFERENCE = 20;

export interface PictureDifference {
  /** Fraction of pixels with a different colour, 0..1; 1 if the sizes differ. */
  readonly share: number;
  /** PNG: the actual picture, pale, with the differences in red. */
  readonly picture: Buffer;
}

/** Visible difference between two pictures. @param expected, actual - PNG */
export async function differenceOf(expected: Buffer, actual: Buffer): Promise<PictureDifference> {
  const [expectedImage, actualImage] = await Promise.all([smooth(expected), smooth(actual)]);
  if (expectedImage.width !== actualImage.width || expectedImage.height !== actualImage.height)
    return { share: 1, picture: actual };
  const { width, height } = expectedImage;
  const marked = Buffer.alloc(width * height * 3);
  let differentPixels = 0;
  for (let offset = 0; offset < marked.length; offset += 3) {
    let largest = 0;
    for (let channel = 0; channel < 3; channel++) {
      const [a = 0, b = 0] = [expectedImage.data[offset + channel], actualImage.data[offset + channel]];
      largest = Math.max(largest, Math.abs(a - b));
      marked[offset + channel] = 128 + b / 2;
    }
    if (largest <= MAX_CHANNEL_DIFFERENCE) continue;
    differentPixels++;
    marked.set([220, 0, 0], offset);
  }
  const picture = await sharp(marked, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return { share: differentPixels / (width * height), picture };
}

async function smooth(png: Buffer) {
  const { data, info } = await sharp(png)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .blur(SMOOTHING_SIGMA_PX)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
