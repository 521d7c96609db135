import { createTransfer, doseAttenuation, type Optics } from './optics.ts';
import { createSpecimen, type SpecimenSettings } from './specimen.ts';
import { createShifter, forwardSpectrum, type Spectrum, signedFrequency, type Window } from './spectrum.ts';
import { type Displacement, warp } from './warp.ts';

export interface ExposureSettings extends SpecimenSettings {
  readonly optics: Optics;
  /** Root mean square of the contrast before radiation damage, as a fraction of the mean intensity. */
  readonly contrast: number;
  /** Power of the ice ring at 3.7 A relative to the amorphous film; 0: no ring. */
  readonly iceRing: number;
  /** Amplitude of the slow variation of brightness with ice thickness, as a fraction of the mean. */
  readonly iceGradient: number;
}

/** One field of view: the intensity at the detector, before counting. */
export interface Exposure {
  readonly particles: number;
  /** Contrast before radiation damage, for tests and pictures. */
  readonly spectrum: Spectrum;
  /**
   * Relative intensity minus one within the window, after the content has moved and received a dose.
   * @param shift - motion of the content, [x, y] pixels
   * @param doseEA2 - accumulated dose, e/A^2
   * @param out - window.height*window.width, row-major; with `localWarp`, smaller by its margin on each side
   * @param localWarp - local motion
   */
  renderContrast(
    shift: readonly [number, number],
    doseEA2: number,
    out: Float32Array,
    localWarp?: LocalWarp,
  ): void;
}

interface LocalWarp {
  readonly displacement: Displacement;
  /** See `warpMargin`. */
  readonly margin: number;
}

/** Spatial frequency and width of the ring of amorphous and crystalline ice, 1/A. */
const ICE_RING_PER_A = 1 / 3.7;
const ICE_RING_WIDTH_PER_A = 0.01;

export function createExposure(settings: ExposureSettings, window: Window): Exposure {
  const { nx, ny, pixelSizeA, optics } = settings;
  const specimen = createSpecimen(settings);
  const spectrum = forwardSpectrum(specimen.potential, nx, ny);
  applyOptics(spectrum, settings);
  addIceGradient(spectrum, settings);
  const shifter = createShifter(spectrum, window);
  let unwarpedImage: Float32Array | null = null;
  return {
    particles: specimen.particles,
    spectrum,
    renderContrast(shift, doseEA2, out, localWarp) {
      const attenuation = (perPixel: number) =>
        doseAttenuation(perPixel / pixelSizeA, doseEA2, optics.voltageKv);
      if (!localWarp) return shifter.render(shift, attenuation, out);
      unwarpedImage ??= new Float32Array(window.width * window.height);
      shifter.render(shift, attenuation, unwarpedImage);
      const { displacement, margin } = localWarp;
      warp(unwarpedImage, window.width - 2 * margin, window.height - 2 * margin, margin, displacement, out);
    },
  };
}

/**
 * Converts potential to contrast: contrast transfer, envelope, ice ring; scaled to the given root mean
 * square, with mean zero.
 */
function applyOptics(spectrum: Spectrum, settings: ExposureSettings): void {
  const { nx, ny, re, im } = spectrum;
  const { pixelSizeA, optics } = settings;
  const transfer = createTransfer(optics);
  let power = 0;
  for (let kx = 0; kx < nx / 2; kx++) {
    const frequencyX = kx / (nx * pixelSizeA);
    // A column with kx > 0 also represents its conjugate.
    const weight = kx === 0 ? 1 : 2;
    for (let ky = 0; ky < ny; ky++) {
      const frequencyY = signedFrequency(ky, ny) / (ny * pixelSizeA);
      const k2 = frequencyX * frequencyX + frequencyY * frequencyY;
      const ring = (Math.sqrt(k2) - ICE_RING_PER_A) / ICE_RING_WIDTH_PER_A;
      const ice = 1 + settings.iceRing * Math.exp(-0.5 * ring * ring);
      const factor =
        transfer(frequencyX, frequencyY) * Math.exp((-optics.envelopeBA2 * k2) / 4) * Math.sqrt(ice);
      const at = kx * ny + ky;
      re[at] = (re[at] ?? 0) * factor;
      im[at] = (im[at] ?? 0) * factor;
      // The power of the values as rounded to 32 bits.
      if (at > 0) power += weight * ((re[at] ?? 0) ** 2 + (im[at] ?? 0) ** 2);
    }
  }
  re[0] = 0;
  im[0] = 0;
  const scale = (settings.contrast * nx * ny) / Math.sqrt(power);
  for (let i = 0; i < re.length; i++) {
    re[i] = (re[i] ?? 0) * scale;
    im[i] = (im[i] ?? 0) * scale;
  }
}

/**
 * Adds one cosine period along x and one along y. This is amplitude contrast, which the lens does not change.
 */
function addIceGradient(spectrum: Spectrum, settings: ExposureSettings): void {
  const { nx, ny, re } = spectrum;
  const amplitude = (settings.iceGradient * nx * ny) / 2;
  for (const at of [ny, 1, ny - 1]) re[at] = (re[at] ?? 0) + amplitude;
}
