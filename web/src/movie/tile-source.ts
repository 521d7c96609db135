import type OpenSeadragon from 'openseadragon';
import { lowPassPower, TILE_PX, type TileInfo } from '../../../src/contract/tiles.ts';

/**
 * The tiles of a micrograph, as OpenSeadragon requests them. OpenSeadragon's levels go from coarse to fine,
 * the powers in the API from fine to coarse.
 */
export function tileSource(tiles: {
  readonly info: TileInfo;
  /** Path of the tiles, without power and position. */
  readonly path: string;
  readonly lowPassA: number | null;
  readonly version: number;
}): OpenSeadragon.TileSourceSpecifier {
  const { info, path, lowPassA, version } = tiles;
  const finestPower = lowPassA === null ? 0 : lowPassPower(info, lowPassA);
  const query = `?v=${version}${lowPassA === null ? '' : `&lowpass=${lowPassA}`}`;
  const source = {
    width: Math.ceil(info.width / 2 ** finestPower),
    height: Math.ceil(info.height / 2 ** finestPower),
    tileSize: TILE_PX,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel: info.maxPower - finestPower,
    getTileUrl: (level: number, x: number, y: number) => `${path}/${info.maxPower - level}/${x}/${y}${query}`,
  };
  // The types of OpenSeadragon lack sources with `getTileUrl`.
  return { tileSource: source } as unknown as OpenSeadragon.TileSourceSpecifier;
}
