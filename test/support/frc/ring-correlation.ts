import { forwardSpectrum, signedFrequency } from '../../../src/simulator/spectrum.ts';

/** Fraction of a side that is excluded at each border, because shifted frames differ there. */
const BORDER_FRACTION = 1 / 32;
/** Fraction of a side over which the image fades to zero inside the border. */
const FADE_FRACTION = 1 / 16;

/**
 * Fourier ring correlation of images: re sum a b* / sqrt(sum |a|^2 sum |b|^2) over rings of equal width
 * (Saxton and Baumeister, J. Microscopy 127 (1982) 127-138), after the mean has been subtracted and the
 * borders faded out.
 * @param images - width*height each, row-major
 * @param pairs - which images are compared
 * @returns for each pair one value per ring; ring r covers (r..r+1)/rings of Nyquist
 */
export function ringCorrelations(
  images: readonly Float32Array[],
  width: number,
  height: number,
  pairs: readonly (readonly [number, number])[],
  rings: number,
): Float64Array[] {
  const spectra = images.map((image) => forwardSpectrum(fadeBorders(image, width, height), width, height));
  return pairs.map(([first, second]) => {
    const [a, b] = [spectra[first]!, spectra[second]!];
    const cross = new Float64Array(rings);
    const powerA = new Float64Array(rings);
    const powerB = new Float64Array(rings);
    for (let kx = 0; kx < width / 2; kx++) {
      for (let ky = 0; ky < height; ky++) {
        const frequency = 2 * Math.hypot(kx / width, signedFrequency(ky, height) / height);
        const ring = Math.floor(frequency * rings);
        if (ring >= rings || (kx === 0 && ky === 0)) continue;
        const index = kx * height + ky;
        cross[ring]! += a.re[index]! * b.re[index]! + a.im[index]! * b.im[index]!;
        powerA[ring]! += a.re[index]! ** 2 + a.im[index]! ** 2;
        powerB[ring]! += b.re[index]! ** 2 + b.im[index]! ** 2;
      }
    }
    return cross.map((v, ring) => v / Math.sqrt(powerA[ring]! * powerB[ring]!));
  });
}

function fadeBorders(image: Float32Array, width: number, height: number): Float32Array {
  const mean = image.reduce((sum, v) => sum + v, 0) / image.length;
  const alongX = fadeWeights(width);
  const alongY = fadeWeights(height);
  return image.map((v, i) => (v - mean) * alongX[i % width]! * alongY[Math.floor(i / width)]!);
}

function fadeWeights(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const position =
      (Math.min(i, length - 1 - i) + 0.5 - BORDER_FRACTION * length) / (FADE_FRACTION * length);
    return position <= 0 ? 0 : position >= 1 ? 1 : 0.5 - 0.5 * Math.cos(Math.PI * position);
  });
}
