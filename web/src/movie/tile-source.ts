import type OpenSeadragon from 'openseadragon';
import { lowPassLevel, TILE_PX, type TileInfo } from '../../../src/contract/tiles.ts';

/**
 * The tiles of a micrograph, as OpenSeadragon requests them. OpenSeadragon numbers its levels from coarse to
 * fine. The API numbers them from fine to coarse: at level n, the image is reduced by the nth power of two.
 */
export function tileSource(tiles: {
  readonly info: TileInfo;
  /** Path of the tiles, without level and position. */
  readonly path: string;
  readonly lowPassA: number | null;
  readonly version: number;
}): OpenSeadragon.TileSourceSpecifier {
  const { info, path, lowPassA, version } = tiles;
  const finestLevel = lowPassA === null ? 0 : lowPassLevel(info, lowPassA);
  const query = `?v=${version}${lowPassA === null ? '' : `&lowpass=${lowPassA}`}`;
  const source = {
    width: Math.ceil(info.width / 2 ** finestLevel),
    height: Math.ceil(info.height / 2 ** finestLevel),
    tileSize: TILE_PX,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel: info.maxPower - finestLevel,
    getTileUrl: (level: number, x: number, y: number) => `${path}/${info.maxPower - level}/${x}/${y}${query}`,
  };
  // The types of OpenSeadragon lack sources with `getTileUrl`.
  return { tileSource: source } as unknown as OpenSeadragon.TileSourceSpecifier;
}
