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
 * Minimum number of pixels of a filtered picture per resolution of the filter; more pixels would show no
 * more detail.
 */
const MIN_PIXELS_PER_RESOLUTION = 4;

export const tileInfoSchema = z.object({
  width: z.number().int(),
  height: z.number().int(),
  pixelSizeA: z.number().nullable(),
  tilePx: z.number().int(),
  maxPower: z.number().int().describe('the coarsest level: the whole micrograph in one tile'),
});
export type TileInfo = z.infer<typeof tileInfoSchema>;

/** The finest level at which a filtered picture is made. */
export function lowPassPower(info: Pick<TileInfo, 'pixelSizeA' | 'maxPower'>, lowPassA: number): number {
  if (info.pixelSizeA === null) return 0;
  const power = Math.floor(Math.log2(lowPassA / MIN_PIXELS_PER_RESOLUTION / info.pixelSizeA));
  return Math.max(0, Math.min(info.maxPower, power));
}

export const maxPowerOf = (width: number, height: number): number =>
  Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / TILE_PX)));
