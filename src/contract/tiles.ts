import { z } from 'zod';

/**
 * A micrograph in deep zoom: square tiles of an image that is halved repeatedly. Level 0 is the micrograph,
 * level k is halved k times.
 */

export const TILE_PX = 512;

/** Outputs that deep zoom shows. */
export const TILE_ROLES = ['doseWeighted', 'sum', 'spectrum'] as const;
export type TileRole = (typeof TILE_ROLES)[number];

/** Standard deviations on either side of the mean that are mapped to black and white. */
export const TILE_RANGE_SIGMA = 4;

/** Low-pass filters to choose from, Angstrom: the resolution at which the amplitude is halved. */
export const LOW_PASSES_A = [10, 20, 40] as const;

/**
 * The pixel size of a low-pass-filtered image is at most the resolution of the filter divided by this number
 * (10 Å: 2.5 Å). Finer sampling would not show more detail.
 */
const MIN_PIXELS_PER_RESOLUTION = 4;

export const tileInfoSchema = z.object({
  width: z.number().int(),
  height: z.number().int(),
  pixelSizeA: z.number().nullable(),
  tilePx: z.number().int(),
  maxPower: z.number().int().describe('number of the coarsest level: the whole micrograph in one tile'),
});
export type TileInfo = z.infer<typeof tileInfoSchema>;

/** The finest level at which a filtered image is made. */
export function lowPassLevel(info: Pick<TileInfo, 'pixelSizeA' | 'maxPower'>, lowPassA: number): number {
  if (info.pixelSizeA === null) return 0;
  const level = Math.floor(Math.log2(lowPassA / MIN_PIXELS_PER_RESOLUTION / info.pixelSizeA));
  return Math.max(0, Math.min(info.maxPower, level));
}

export const maxLevelOf = (width: number, height: number): number =>
  Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / TILE_PX)));
