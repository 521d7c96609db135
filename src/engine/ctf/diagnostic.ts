import type { CtfOutcome } from '../ports.ts';
import { type CtfOptics, ctfPhase, type DefocusVector, defocusAlong } from './model.ts';
import type { RingProfile } from './profile.ts';
import type { PowerSpectrum } from './spectrum.ts';

/** Side of the picture: rings of ten pixels are well seen, and it is small beside a micrograph. */
const SIZE = 512;
/** Noise of a spectrum is as high as itself: a value is the mean over a square of about so many samples a side. */
const SMOOTHING = 5;

/**
 * The left half holds the spectrum without background and envelope (0 at zeros, about 1 at maxima, noise above and
 * below), the right half sin^2 of the fitted phase. x to the right, y downwards with the row index.
 * @param edgePerA - frequency at the middle of the picture's edge
 */
export function diagnosticPicture(
  optics: CtfOptics,
  spectrum: PowerSpectrum,
  profile: RingProfile,
  defocus: DefocusVector,
  edgePerA: number,
): CtfOutcome['diagnostic'] {
  const data = new Float32Array(SIZE * SIZE);
  const centre = SIZE / 2;
  const pixelPerA = edgePerA / centre;
  const smooth = windowedMean(spectrum);
  const first = profile.frequency[0] ?? 0;
  const step = (profile.frequency[1] ?? 1) - first;
  for (let y = 0; y < SIZE; y++) {
    const ky = (y - centre) * pixelPerA;
    for (let x = 0; x < SIZE; x++) {
      const kx = (x - centre) * pixelPerA;
      const f = Math.hypot(kx, ky);
      if (x >= centre) {
        data[y * SIZE + x] =
          Math.sin(ctfPhase(optics, defocusAlong(defocus, Math.atan2(ky, kx)), f * f)) ** 2;
        continue;
      }
      const bin = Math.round((f - first) / step);
      if (bin < 0 || bin >= profile.frequency.length) {
        data[y * SIZE + x] = bin < 0 ? 0 : 0.5;
        continue;
      }
      const amplitude = Math.sqrt(smooth(kx, ky));
      const rings = (amplitude - (profile.background[bin] ?? 0)) / (profile.envelope[bin] ?? 1);
      data[y * SIZE + x] = Math.max(-1, Math.min(2, rings));
    }
  }
  return { size: SIZE, data, edgeFrequencyPerA: edgePerA };
}

/** Power around a frequency (1/A), the mean of a square of samples. */
function windowedMean(spectrum: PowerSpectrum): (kx: number, ky: number) => number {
  const { size, power, stepPerA } = spectrum;
  const half = size / 2;
  const halfWidth = half + 1;
  const reach = Math.floor((SMOOTHING * (size / 2048) ** 0.5) / 2);
  return (kx, ky) => {
    // The half plane kx >= 0 is kept: a real image's power is the same at (-kx, -ky).
    const sign = kx < 0 ? -1 : 1;
    const column = Math.round((sign * kx) / stepPerA);
    const line = Math.round((sign * ky) / stepPerA);
    let sum = 0;
    let count = 0;
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        let x = column + dx;
        let y = line + dy;
        if (x < 0) {
          x = -x;
          y = -y;
        }
        if (x > half || y < -half || y >= half) continue;
        sum += power[((y + size) % size) * halfWidth + x] ?? 0;
        count++;
      }
    }
    return count > 0 ? sum / count : 0;
  };
}
