import { CodedError } from '../../contract/errors.ts';
import { lowPassLevel, TILE_PX, type TileInfo } from '../../contract/tiles.ts';
import { lowPass } from './low-pass.ts';
import { buildPyramid, coarserLevels, grayOf, levelOf, type Pyramid } from './pyramid.ts';

/** An image whose rows are read when they are needed. */
export interface RowImage {
  readonly width: number;
  readonly height: number;
  /** `count` rows, beginning with row `first`: count*width values. */
  read(first: number, count: number): Float32Array;
}

export interface TilePosition {
  /** Number of halvings of the image. */
  readonly level: number;
  /** Counted from the upper left, in tiles. */
  readonly column: number;
  readonly row: number;
}

export interface Tile {
  readonly width: number;
  readonly height: number;
  /** Grey values, row by row from the top. */
  readonly bytes: Uint8Array;
}

/** The same image with its rows counted from the top, as on a screen; those of MRC begin at the bottom. */
export const rowsFromTop = <Image extends RowImage>(image: Image): Image => ({
  ...image,
  read(first: number, count: number) {
    const { width, height } = image;
    const stored = image.read(height - first - count, count);
    const reversed = new Float32Array(stored.length);
    for (let row = 0; row < count; row++)
      reversed.set(stored.subarray(row * width, (row + 1) * width), (count - 1 - row) * width);
    return reversed;
  },
});

export const unfilteredPyramid = (image: RowImage, { maxPower }: TileInfo): Pyramid =>
  buildPyramid(image, maxPower);

/**
 * Levels of the low-passed image, starting with the finest useful one.
 * @param unfiltered - `unfilteredPyramid` of the image
 */
export function filteredPyramid(
  image: RowImage,
  info: TileInfo,
  unfiltered: Pyramid,
  lowPassA: number,
): Pyramid {
  const level = lowPassLevel(info, lowPassA);
  // The unfiltered pyramid has no level 0, and a small image has no levels at all.
  const source =
    unfiltered.levels.find((candidate) => candidate.level === level) ??
    levelOf(0, info, image.read(0, info.height));
  const pixelA = (info.pixelSizeA ?? 1) * 2 ** level;
  const data = lowPass(source, lowPassA / pixelA);
  return {
    contrast: unfiltered.contrast,
    levels: [levelOf(level, source, data), ...coarserLevels(level, source, data, info.maxPower)],
  };
}

/**
 * Cuts a tile out of a level of the pyramid, or out of the image itself at full resolution.
 * @param pyramidOf - called only for a tile within the image
 * @throws CodedError NO_SUCH_PICTURE beyond the image, or if a filtered image has no level this fine
 */
export function cutTile(
  image: RowImage,
  info: TileInfo,
  pyramidOf: () => Pyramid,
  { level, column, row }: TilePosition,
  isFiltered: boolean,
): Tile {
  const [x, y] = [column * TILE_PX, row * TILE_PX];
  const [levelWidth, levelHeight] = [Math.ceil(info.width / 2 ** level), Math.ceil(info.height / 2 ** level)];
  if (level > info.maxPower || x >= levelWidth || y >= levelHeight)
    throw new CodedError('NO_SUCH_PICTURE', 'The tile is outside the image.');
  const width = Math.min(TILE_PX, levelWidth - x);
  const height = Math.min(TILE_PX, levelHeight - y);
  const pyramid = pyramidOf();
  const found = pyramid.levels.find((candidate) => candidate.level === level);
  if (found)
    return {
      width,
      height,
      bytes: grayOf(found.data, found.width, { x, y, width, height }, found.contrast),
    };
  if (isFiltered)
    throw new CodedError('NO_SUCH_PICTURE', 'A filtered image has no tiles at this zoom level.');
  const strip = image.read(y, height);
  return { width, height, bytes: grayOf(strip, info.width, { x, y: 0, width, height }, pyramid.contrast) };
}
