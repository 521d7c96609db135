import { type MicrographTruth, makeMicrograph } from './micrograph.ts';

/** Number of images that are combined into a tilted image. */
const STRIPS = 8;

/**
 * A tilted film: the same film and noise at several defoci, blended by the distance from the axis through the
 * centre. The defocus grows by tan(tilt) across the axis.
 */
export function makeTilted(truth: MicrographTruth, tiltDeg: number, axisDeg: number): Float32Array {
  const { size, pixelSizeA } = truth;
  const axis = (axisDeg * Math.PI) / 180;
  const [acrossX, acrossY] = [-Math.sin(axis), Math.cos(axis)];
  const farthestA = (size * pixelSizeA * (Math.abs(acrossX) + Math.abs(acrossY))) / 2;
  const image = new Float32Array(size * size);
  for (let strip = 0; strip < STRIPS; strip++) {
    const offsetA = farthestA * Math.tan((tiltDeg * Math.PI) / 180) * ((2 * strip) / (STRIPS - 1) - 1);
    const defocus = { defocusUA: truth.defocusUA + offsetA, defocusVA: truth.defocusVA + offsetA };
    const untilted = makeMicrograph({ ...truth, ...defocus });
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const across = ((x - size / 2) * acrossX + (y - size / 2) * acrossY) * pixelSizeA;
        const stripPosition = ((across / farthestA + 1) / 2) * (STRIPS - 1);
        const weight = Math.max(0, 1 - Math.abs(stripPosition - strip));
        if (weight > 0) image[y * size + x] = image[y * size + x]! + weight * untilted[y * size + x]!;
      }
    }
  }
  return image;
}
