import type { CtfOutcome } from '../ports.ts';
import { type CtfOptics, ctfPhase, type DefocusVector, defocusAlong } from './model.ts';
import type { PolarSpectrum } from './polar.ts';
import type { RingProfile } from './profile.ts';

/** Side of the image, pixels: large enough for rings of ten pixels, small compared with a micrograph. */
const SIZE = 512;

/**
 * The left half is the spectrum without background and envelope (0 at zeros, about 1 at maxima, with noise
 * above and below), the right half is sin^2 of the fitted phase. x to the right; y grows with the row index,
 * upwards as displayed. The spectrum is drawn from its polar cells: averages along short arcs, which make
 * faint rings visible without blurring them.
 * @param edgePerA - frequency at the middle of the picture's edge
 */
export function diagnosticPicture(
  optics: CtfOptics,
  polar: PolarSpectrum,
  profile: RingProfile,
  defocus: DefocusVector,
  edgePerA: number,
): CtfOutcome['diagnostic'] {
  const data = new Float32Array(SIZE * SIZE);
  const centre = SIZE / 2;
  const stepPerA = edgePerA / centre;
  for (let y = 0; y < SIZE; y++) {
    const ky = (y - centre) * stepPerA;
    for (let x = 0; x < SIZE; x++) {
      const kx = (x - centre) * stepPerA;
      const f = Math.hypot(kx, ky);
      const theta = Math.atan2(ky, kx);
      data[y * SIZE + x] =
        x < centre
          ? ringsAt(polar, profile, f, theta)
          : Math.sin(ctfPhase(optics, defocusAlong(defocus, theta), f * f)) ** 2;
    }
  }
  return { size: SIZE, data, edgeFrequencyPerA: edgePerA };
}

/**
 * Background-free amplitude at a frequency and direction, interpolated between four cells; 0 beyond the
 * spectrum.
 */
function ringsAt(polar: PolarSpectrum, profile: RingProfile, f: number, theta: number): number {
  const { bins, sectors, firstBin, stepPerA, amplitude } = polar;
  const r = f / stepPerA - firstBin;
  const bin = Math.floor(r);
  if (bin < 0 || bin + 1 >= bins) return 0;
  const sectorPosition = (theta / Math.PI + 0.5) * sectors - 0.5;
  const sector = Math.floor(sectorPosition);
  const a = ((sector + sectors) % sectors) * bins + bin;
  const b = ((sector + 1 + sectors) % sectors) * bins + bin;
  const [binFraction, sectorFraction] = [r - bin, sectorPosition - sector];
  const amplitudeAt = (cell: number) =>
    (amplitude[cell] as number) * (1 - binFraction) + (amplitude[cell + 1] as number) * binFraction;
  const interpolated = amplitudeAt(a) * (1 - sectorFraction) + amplitudeAt(b) * sectorFraction;
  // If the noise is stronger than the rings, it is scaled to them, so that the rings stay visible.
  const height = Math.max(profile.envelope[bin] as number, 2 * (profile.spread[bin] as number));
  const rings = (interpolated - (profile.background[bin] as number)) / height;
  return Math.max(-1, Math.min(2, rings));
}
