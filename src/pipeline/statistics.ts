import type { MicrographStatistics } from '../contract/record.ts';
import { imageStatistics } from '../engine/pictures/image-statistics.ts';

/** Statistics for the record, of the sum without dose weighting. */
export function describeMicrograph(micrograph: {
  readonly sum: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number;
  readonly meanCountsPerPixelFrame: number | null;
}): MicrographStatistics {
  const { width, height, pixelSizeA, meanCountsPerPixelFrame } = micrograph;
  return {
    width,
    height,
    pixelSizeA,
    ...imageStatistics(micrograph.sum),
    meanDosePerPixelFrame: meanCountsPerPixelFrame,
  };
}
