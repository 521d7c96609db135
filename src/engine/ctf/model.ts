/**
 * The contrast transfer function, in the convention of CTFFIND and RELION (Rohou & Grigorieff 2015, eqs 1-3):
 *
 *   chi(s, theta) = pi lambda D(theta) s - pi/2 Cs lambda^3 s^2 + phaseShift,   s = |k|^2 in 1/A^2
 *   CTF = -sin(chi + asin(amplitudeContrast))
 *   D(theta) = (U + V)/2 + (U - V)/2 cos 2(theta - alpha)
 *
 * D > 0 is underfocus. theta and alpha run from the x axis (fast axis, along a row) towards y, where y grows
 * with the row index of the array: the order of rows in an MRC file. RELION and CTFFIND read rows in the same
 * order.
 */
export interface CtfOptics {
  readonly wavelengthA: number;
  readonly csA: number;
  /** asin(amplitude contrast) plus the phase shift of a phase plate, radians. */
  readonly constantPhase: number;
}

/** Defocus as the search uses it: without a singularity at zero astigmatism. All in Angstrom. */
export interface DefocusVector {
  readonly mean: number;
  /** (U - V)/2 times cos 2 alpha. */
  readonly cosine: number;
  /** (U - V)/2 times sin 2 alpha. */
  readonly sine: number;
}

const PLANCK_JS = 6.62607015e-34;
const ELECTRON_MASS_KG = 9.1093837015e-31;
const ELEMENTARY_CHARGE_C = 1.602176634e-19;
const LIGHT_SPEED_MS = 299792458;

/** Relativistic de Broglie wavelength in Angstrom; 0.019687 at 300 kV. Constants: CODATA 2018. */
export function electronWavelengthA(voltageKv: number): number {
  const energy = ELEMENTARY_CHARGE_C * voltageKv * 1000;
  const momentum = Math.sqrt(
    2 * ELECTRON_MASS_KG * energy * (1 + energy / (2 * ELECTRON_MASS_KG * LIGHT_SPEED_MS ** 2)),
  );
  return (PLANCK_JS / momentum) * 1e10;
}

/** @param phaseShiftRad - phase shift of a phase plate; 0 without one */
export function opticsOf(
  voltageKv: number,
  csMm: number,
  amplitudeContrast: number,
  phaseShiftRad = 0,
): CtfOptics {
  return {
    wavelengthA: electronWavelengthA(voltageKv),
    csA: csMm * 1e7,
    constantPhase: Math.asin(amplitudeContrast) + phaseShiftRad,
  };
}

/**
 * chi + asin(amplitudeContrast), radians, at the squared frequency `s` (1/A^2) and the defocus `defocusA`.
 */
export function ctfPhase(optics: CtfOptics, defocusA: number, s: number): number {
  const { wavelengthA, csA, constantPhase } = optics;
  return Math.PI * wavelengthA * s * (defocusA - 0.5 * csA * wavelengthA ** 2 * s) + constantPhase;
}

/**
 * Writes the rings, as -cos of twice the phase, with mean zero (CTF^2 = (1 + rings)/2), for many squared
 * frequencies at once.
 */
export function writeRings(optics: CtfOptics, defocusA: number, s: Float64Array, out: Float64Array): void {
  const { wavelengthA, csA, constantPhase } = optics;
  const linear = 2 * Math.PI * wavelengthA * defocusA;
  const square = -Math.PI * csA * wavelengthA ** 3;
  for (let i = 0; i < s.length; i++) {
    const v = s[i] as number;
    out[i] = -Math.cos(v * (linear + square * v) + 2 * constantPhase);
  }
}

/** Defocus along the direction `theta` (radians from x towards y). */
export function defocusAlong(defocus: DefocusVector, theta: number): number {
  return defocus.mean + defocus.cosine * Math.cos(2 * theta) + defocus.sine * Math.sin(2 * theta);
}

/** Converts a defocus to U >= V and the angle of U, degrees in -90..90. */
export function toUva(defocus: DefocusVector): { uA: number; vA: number; angleDeg: number } {
  const halfAstigmatism = Math.hypot(defocus.cosine, defocus.sine);
  const angleDeg = halfAstigmatism === 0 ? 0 : (Math.atan2(defocus.sine, defocus.cosine) * 90) / Math.PI;
  return { uA: defocus.mean + halfAstigmatism, vA: defocus.mean - halfAstigmatism, angleDeg };
}

/** The inverse of `toUva`. */
export function fromUva(uA: number, vA: number, angleDeg: number): DefocusVector {
  const halfAstigmatism = (uA - vA) / 2;
  const doubleAngle = (angleDeg * Math.PI) / 90;
  return {
    mean: (uA + vA) / 2,
    cosine: halfAstigmatism * Math.cos(doubleAngle),
    sine: halfAstigmatism * Math.sin(doubleAngle),
  };
}

/** Distance between neighbouring rings at frequency `f`, 1/A. Infinite where the phase is stationary. */
export function ringPeriodPerA(optics: CtfOptics, defocusA: number, f: number): number {
  const { wavelengthA, csA } = optics;
  return 1 / Math.abs(2 * wavelengthA * f * (defocusA - csA * wavelengthA ** 2 * f * f));
}

/**
 * Squared frequency t at which the defocus `meanA` has the phase that the defocus `alongA` has at `s`: the
 * smaller root of meanA t - Cs lambda^2 t^2 / 2 = q. Beyond the turning point of the phase there is no root,
 * and `s` is returned.
 */
export function equalPhaseS(optics: CtfOptics, alongA: number, meanA: number, s: number): number {
  const curvature = optics.csA * optics.wavelengthA ** 2;
  const q = s * (alongA - 0.5 * curvature * s);
  if (curvature === 0) return q / meanA;
  const discriminant = meanA * meanA - 2 * curvature * q;
  const isBeyondTurningPoint = s * curvature > 0.9 * Math.min(alongA, meanA);
  return isBeyondTurningPoint || discriminant < 0 || q < 0
    ? s
    : (meanA - Math.sqrt(discriminant)) / curvature;
}
