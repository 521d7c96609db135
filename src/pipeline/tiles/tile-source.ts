import { statSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import { maxLevelOf, TILE_PX, type TileInfo } from '../../contract/tiles.ts';
import type { Pyramid } from '../../engine/pictures/pyramid.ts';
import {
  cutTile,
  filteredPyramid,
  rowsFromTop,
  type Tile,
  type TilePosition,
  unfilteredPyramid,
} from '../../engine/pictures/tile.ts';
import { type MrcRows, openMrcRows } from '../../formats/mrc/rows.ts';

/** Maximum bytes of halved micrographs in the cache: about eight of a K3 camera. */
const MAX_CACHED_BYTES = 256 * 1024 * 1024;
/**
 * Largest image of which tiles are made: a Falcon camera with fourfold super-resolution (K3: 11520 by 8184).
 * A sparse file can claim many more pixels, and would occupy the thread until its time limit.
 */
const MAX_SIDE_PIXELS = 16_384;
const MAX_PIXELS = MAX_SIDE_PIXELS ** 2;

export interface TileRequest extends TilePosition {
  readonly path: string;
  /** Resolution, Angstrom; null: not filtered. */
  readonly lowPassA: number | null;
}

interface CachedPyramid {
  readonly pyramid: Pyramid;
  readonly bytes: number;
}

/**
 * Tiles of MRC files. A file is given by its real path: if a part of the path has since become a link, the
 * file is refused. Full resolution is read from the file for each tile; halved images are made once per
 * file and cached. Runs in its own thread: reading and arithmetic are synchronous.
 */
export class TileSource {
  /** Least recently used first. */
  readonly #cache = new Map<string, CachedPyramid>();
  readonly #maxBytes: number;

  constructor(maxBytes = MAX_CACHED_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get cachedBytes(): number {
    let bytes = 0;
    for (const cached of this.#cache.values()) bytes += cached.bytes;
    return bytes;
  }

  /** @throws CodedError MOVIE_* if it cannot be read as an MRC image, or is too large */
  info(path: string): TileInfo {
    const image = openImage(path);
    image.close();
    return infoOf(image);
  }

  /** @throws CodedError as `info`; NO_SUCH_PICTURE beyond the image */
  tile(request: TileRequest): Tile {
    const image = rowsFromTop(openImage(request.path));
    try {
      const info = infoOf(image);
      const { path, lowPassA } = request;
      return cutTile(
        image,
        info,
        () => this.#pyramidOf(image, info, path, lowPassA),
        request,
        lowPassA !== null,
      );
    } finally {
      image.close();
    }
  }

  #pyramidOf(image: MrcRows, info: TileInfo, path: string, lowPassA: number | null): Pyramid {
    const { size, mtimeMs, ino } = statSync(path);
    const key = `${path} ${size} ${mtimeMs} ${ino}`;
    const unfiltered = this.#cachedPyramid(key, () => unfilteredPyramid(image, info));
    if (lowPassA === null) return unfiltered;
    return this.#cachedPyramid(`${key} ${lowPassA}`, () =>
      filteredPyramid(image, info, unfiltered, lowPassA),
    );
  }

  #cachedPyramid(key: string, make: () => Pyramid): Pyramid {
    const existing = this.#cache.get(key);
    this.#cache.delete(key);
    const cached = existing ?? withBytes(make());
    this.#cache.set(key, cached);
    let bytes = this.cachedBytes;
    for (const [oldKey, { bytes: freedBytes }] of this.#cache) {
      if (bytes <= this.#maxBytes || oldKey === key) break;
      this.#cache.delete(oldKey);
      bytes -= freedBytes;
    }
    return cached.pyramid;
  }
}

/** @throws CodedError MOVIE_* */
function openImage(path: string): MrcRows {
  const image = openMrcRows(path, path);
  const { width, height } = image;
  if (width * height <= MAX_PIXELS) return image;
  image.close();
  throw new CodedError('MOVIE_UNSUPPORTED', 'The image is too large to be shown.', {
    file: path,
    expected: `at most ${MAX_SIDE_PIXELS}x${MAX_SIDE_PIXELS} pixels`,
    found: `${width}x${height}`,
  });
}

const withBytes = (pyramid: Pyramid): CachedPyramid => ({
  pyramid,
  bytes: pyramid.levels.reduce((total, level) => total + level.data.byteLength, 0),
});

const infoOf = ({ width, height, pixelSizeA }: MrcRows): TileInfo => ({
  width,
  height,
  pixelSizeA,
  tilePx: TILE_PX,
  maxPower: maxLevelOf(width, height),
});
