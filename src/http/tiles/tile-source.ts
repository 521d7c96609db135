import { statSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import { lowPassPower, maxPowerOf, TILE_PX, type TileInfo } from '../../contract/tiles.ts';
import { lowPass } from '../../engine/pictures/low-pass.ts';
import {
  buildPyramid,
  type Contrast,
  coarser,
  grayOf,
  levelOf,
  type PyramidLevel,
} from '../../engine/pictures/pyramid.ts';
import { type MrcRows, openMrcRows } from '../../formats/mrc/rows.ts';

/** Bytes of halved micrographs that are kept: some eight of a K3 camera. */
export const MOST_KEPT_BYTES = 256 * 1024 * 1024;

export interface TileRequest {
  readonly path: string;
  readonly power: number;
  readonly column: number;
  readonly row: number;
  /** Angstrom; null: as it is. */
  readonly lowPassA: number | null;
}

export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

interface Kept {
  readonly levels: readonly PyramidLevel[];
  /** Of the micrograph itself. */
  readonly contrast: Contrast;
  readonly bytes: number;
}

/**
 * Cuts tiles out of MRC images. The full resolution is read from the file where it is looked at; what is halved is made
 * once per file and kept while it is among the newest. For a thread of its own: reads and arithmetic are synchronous.
 */
export class TileSource {
  /** Oldest first. */
  private readonly kept = new Map<string, Kept>();
  private readonly mostBytes: number;

  constructor(mostBytes = MOST_KEPT_BYTES) {
    this.mostBytes = mostBytes;
  }

  get keptBytes(): number {
    let bytes = 0;
    for (const kept of this.kept.values()) bytes += kept.bytes;
    return bytes;
  }

  /** @throws CodedError MOVIE_* where it cannot be read as an MRC image */
  info(path: string): TileInfo {
    const image = openMrcRows(path);
    image.close();
    return infoOf(image);
  }

  /** @throws CodedError as `info`; NO_SUCH_PICTURE beyond the image */
  tile(request: TileRequest): Tile {
    const image = fromTheTop(openMrcRows(request.path));
    try {
      return this.cut(image, request);
    } finally {
      image.close();
    }
  }

  private cut(image: MrcRows, { path, power, column, row, lowPassA }: TileRequest): Tile {
    const info = infoOf(image);
    const size = { width: Math.ceil(info.width / 2 ** power), height: Math.ceil(info.height / 2 ** power) };
    const [x, y] = [column * TILE_PX, row * TILE_PX];
    if (power > info.maxPower || x >= size.width || y >= size.height)
      throw new CodedError('NO_SUCH_PICTURE', 'The tile lies beyond the image.');
    const width = Math.min(TILE_PX, size.width - x);
    const height = Math.min(TILE_PX, size.height - y);
    const { levels, contrast } = this.pyramidOf(image, info, path, lowPassA);
    const level = levels.find((one) => one.power === power);
    if (level)
      return {
        width,
        height,
        bytes: grayOf(level.data, level.width, { x, y, width, height }, level.contrast),
      };
    if (lowPassA !== null)
      throw new CodedError('NO_SUCH_PICTURE', 'A filtered picture has no tiles so fine.');
    const strip = image.read(y, height);
    return { width, height, bytes: grayOf(strip, info.width, { x, y: 0, width, height }, contrast) };
  }

  private pyramidOf(image: MrcRows, info: TileInfo, path: string, lowPassA: number | null): Kept {
    const { size, mtimeMs, ino } = statSync(path);
    const key = `${path} ${size} ${mtimeMs} ${ino}`;
    const plain = this.keep(key, () => buildPyramid(image, info.maxPower));
    if (lowPassA === null) return plain;
    return this.keep(`${key} ${lowPassA}`, () => {
      const power = lowPassPower(info, lowPassA);
      const level =
        plain.levels.find((one) => one.power === power) ?? levelOf(0, info, image.read(0, info.height)); // small images only: a large one has a level that is coarse enough
      const pixelA = (info.pixelSizeA ?? 1) * 2 ** power;
      const data = lowPass(level, lowPassA / pixelA);
      return {
        contrast: plain.contrast,
        levels: [levelOf(power, level, data), ...coarser(power, level, data, info.maxPower)],
      };
    });
  }

  private keep(key: string, make: () => Omit<Kept, 'bytes'>): Kept {
    const known = this.kept.get(key);
    this.kept.delete(key);
    const made = known ?? withBytes(make());
    this.kept.set(key, made);
    let bytes = this.keptBytes;
    for (const [old, { bytes: freed }] of this.kept) {
      if (bytes <= this.mostBytes || old === key) break;
      this.kept.delete(old);
      bytes -= freed;
    }
    return made;
  }
}

const withBytes = (made: Omit<Kept, 'bytes'>): Kept => ({
  ...made,
  bytes: made.levels.reduce((total, level) => total + level.data.byteLength, 0),
});

/** Rows counted from the top of the picture, as a screen has them; those of MRC begin at the bottom. */
const fromTheTop = (image: MrcRows): MrcRows => ({
  ...image,
  read(first, count) {
    const { width, height } = image;
    const stored = image.read(height - first - count, count);
    const turned = new Float32Array(stored.length);
    for (let row = 0; row < count; row++)
      turned.set(stored.subarray(row * width, (row + 1) * width), (count - 1 - row) * width);
    return turned;
  },
});

const infoOf = ({ width, height, pixelSizeA }: MrcRows): TileInfo => ({
  ...{ width, height, pixelSizeA, tilePx: TILE_PX },
  maxPower: maxPowerOf(width, height),
});
