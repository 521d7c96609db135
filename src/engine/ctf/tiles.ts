import type { CtfRequest } from '../ports.ts';
import { type PolarGrid, type PolarSpectrum, polarGrid, polarMean, polarPower } from './polar.ts';
import { tilePowers } from './spectrum.ts';

/** The spectrum of each tile by direction and frequency, and that of all tiles. */
export interface TileSpectra {
  readonly grid: PolarGrid;
  readonly mean: PolarSpectrum;
  readonly tiles: readonly TileSpectrum[];
}

export interface TileSpectrum {
  /** Centre of the tile, pixels. */
  readonly x: number;
  readonly y: number;
  /**
   * Sum of the power in each cell, scaled to the median level of the tiles; divided by `weight`: the mean.
   */
  readonly power: Float64Array;
  /** Number of pixels per cell; the same for all tiles. */
  readonly weight: Float64Array;
}

/**
 * Tiles have equal weight regardless of their brightness: each is scaled to the same mean power over the
 * fitted range, so that a tile with the edge of the carbon, a crack or contamination does not dominate.
 */
export function measureTiles(request: CtfRequest, size: number, maxFrequencyPerA: number): TileSpectra {
  const { pixelSizeA, search } = request;
  const grid = polarGrid(size, 1 / (size * pixelSizeA), 1 / search.lowResolutionA, maxFrequencyPerA);
  const tiles: TileSpectrum[] = [];
  const levels: number[] = [];
  for (const { left, top, power } of tilePowers(request, size)) {
    const cells = polarPower(grid, power);
    const level = fittedLevel(grid, cells, 1 / search.highResolutionA);
    if (!(level > 0)) continue;
    levels.push(level);
    tiles.push({ x: left + size / 2, y: top + size / 2, power: cells, weight: grid.weight });
  }
  const typicalLevel = levels.toSorted((a, b) => a - b)[levels.length >> 1] ?? 1;
  const sum = new Float64Array(grid.weight.length);
  tiles.forEach(({ power }, t) => {
    const scale = typicalLevel / (levels[t] as number);
    for (let i = 0; i < sum.length; i++) {
      power[i] = (power[i] as number) * scale;
      sum[i] = (sum[i] as number) + (power[i] as number);
    }
  });
  return { grid, tiles, mean: polarMean(grid, sum, tiles.length) };
}

/** Mean power of a tile's pixels up to `maxPerA`. */
function fittedLevel({ bins, firstBin, stepPerA, weight }: PolarGrid, cells: Float64Array, maxPerA: number) {
  let sum = 0;
  let count = 0;
  for (let at = 0; at < cells.length; at++) {
    if ((firstBin + (at % bins)) * stepPerA > maxPerA) continue;
    sum += cells[at] as number;
    count += weight[at] as number;
  }
  return sum / Math.max(1, count);
}
