import { statSync } from 'node:fs';
import { maxPowerOf, TILE_PX, type TileInfo } from '../../contract/tiles.ts';
import type { Pyramid } from '../../engine/pictures/pyramid.ts';
import {
  cutTile,
  filteredPyramid,
  plainPyramid,
  rowsFromTop,
  type Tile,
  type TilePosition,
} from '../../engine/pictures/tile.ts';
import { type MrcRows, openMrcRows } from '../../formats/mrc/rows.ts';

/** Maximum bytes of halved micrographs in the cache: about eight of a K3 camera. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

export interface TileRequest extends TilePosition {
  readonly path: string;
  /** Resolution, Angstrom; null: not filtered. */
  readonly lowPassA: number | null;
}

interface Kept {
  readonly pyramid: Pyramid;
  readonly bytes: number;
}

/**
 * Tiles of MRC files, which are named by their real paths: a link that replaced a part of one since is
 * refused. Full resolution is read from the file for each tile; halved images are made once per file and
 * cached. Runs in its own thread: reading and arithmetic are synchronous.
 */
export class TileSource {
  /** Oldest first. */
  readonly #kept = new Map<string, Kept>();
  readonly #maxBytes: number;

  constructor(maxBytes = MAX_KEPT_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get keptBytes(): number {
    let bytes = 0;
    for (const kept of this.#kept.values()) bytes += kept.bytes;
    return bytes;
  }

  /** @throws CodedError MOVIE_* if it cannot be read as an MRC image */
  info(path: string): TileInfo {
    const image = openMrcRows(path, path);
    image.close();
    return infoOf(image);
  }

  /** @throws CodedError as `info`; NO_SUCH_PICTURE beyond the image */
  tile(request: TileRequest): Tile {
    const image = rowsFromTop(openMrcRows(request.path, request.path));
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
    const plain = this.#keep(key, () => plainPyramid(image, info));
    if (lowPassA === null) return plain;
    return this.#keep(`${key} ${lowPassA}`, () => filteredPyramid(image, info, plain, lowPassA));
  }

  #keep(key: string, make: () => Pyramid): Pyramid {
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const kept = known ?? withBytes(make());
    this.#kept.set(key, kept);
    let bytes = this.keptBytes;
    for (const [old, { bytes: freed }] of this.#kept) {
      if (bytes <= this.#maxBytes || old === key) break;
      this.#kept.delete(old);
      bytes -= freed;
    }
    return kept.pyramid;
  }
}

const withBytes = (pyramid: Pyramid): Kept => ({
  pyramid,
  bytes: pyramid.levels.reduce((total, level) => total + level.data.byteLength, 0),
});

const infoOf = ({ width, height, pixelSizeA }: MrcRows): TileInfo => ({
  width,
  height,
  pixelSizeA,
  tilePx: TILE_PX,
  maxPower: maxPowerOf(width, height),
});
