import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { differenceOf } from './picture-difference.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GOLDEN_DIRECTORY = join(ROOT, 'test/web/golden');
/** Images of failed comparisons; not in Git. */
const FAILED_DIRECTORY = join(ROOT, '.tmp/golden');
/** Maximum width of a golden image. */
const MAX_WIDTH_PX = 480;
/** Step between the 16 levels of a channel, which keep files small without a visible difference. */
const LEVEL_STEP = 17;
/** Fraction of pixels that may differ: versions of Chromium render text and shadows slightly differently. */
export const MAX_SHARE = 0.006;

/** Set UPDATE_GOLDEN to 1 to write the golden images instead of comparing with them. */
const isUpdate = process.env.UPDATE_GOLDEN === '1';

/**
 * Compares a screenshot with `test/web/golden/<name>.png`.
 * @param png - a screenshot, reduced here if it is wider than golden images
 * @throws Error with the paths of the expected, the actual and the difference picture
 */
export async function expectGolden(name: string, png: Buffer): Promise<void> {
  const file = join(GOLDEN_DIRECTORY, `${name}.png`);
  const actual = await toGoldenFormat(png);
  if (isUpdate) return write(file, actual);
  const expected = await readFile(file).catch(() => null);
  if (expected === null) throw new Error(`There is no ${relativePath(file)}. UPDATE_GOLDEN=1 writes it.`);
  const { share, picture } = await differenceOf(expected, actual);
  if (share <= MAX_SHARE) return;
  const actualFile = join(FAILED_DIRECTORY, `${name}.actual.png`);
  const differenceFile = join(FAILED_DIRECTORY, `${name}.difference.png`);
  await write(actualFile, actual);
  await write(differenceFile, picture);
  throw new Error(
    [
      `${name} looks different: ${(share * 100).toFixed(1)} % of the pixels (at most ${MAX_SHARE * 100} %).`,
      `expected   ${relativePath(file)}`,
      `actual     ${relativePath(actualFile)}`,
      `difference ${relativePath(differenceFile)}`,
      'If this change is intended: UPDATE_GOLDEN=1 npm test -- test/web, and look at the pictures before committing.',
    ].join('\n'),
  );
}

/** Converts to the format of golden images. */
async function toGoldenFormat(png: Buffer): Promise<Buffer> {
  const { data, info } = await sharp(png)
    .flatten({ background: '#ffffff' })
    .resize({ width: MAX_WIDTH_PX, withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const levels = Buffer.from(data.map((value) => Math.round(value / LEVEL_STEP) * LEVEL_STEP));
  const { width, height, channels } = info;
  return sharp(levels, { raw: { width, height, channels } })
    .png({ palette: true, dither: 0, effort: 10, compressionLevel: 9 })
    .toBuffer();
}

const relativePath = (file: string) => relative(ROOT, file);

async function write(file: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}
