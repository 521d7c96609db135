/**
 * The lens: its effect on the spectrum of a thin specimen. Formulas are implemented from the papers, not from
 * the engine.
 */
export interface Optics {
  readonly voltageKv: number;
  readonly csMm: number;
  /** Fraction, 0..1. */
  readonly amplitudeContrast: number;
  readonly phaseShiftDeg: number;
  /** Angstrom, positive = underfocus; U is the larger. */
  readonly defocusUA: number;
  readonly defocusVA: number;
  /** Angle from the x axis to the direction of defocus U, towards increasing rows. */
  readonly defocusAngleDeg: number;
  /** B-factor of the envelope exp(-B k^2 / 4), square Angstrom. */
  readonly envelopeBA2: number;
}

/**
 * Relativistic wavelength of the electron, Angstrom: h / sqrt(2 m e V (1 + e V / (2 m c^2))) with CODATA 2018
 * constants.
 */
export function electronWavelengthA(voltageKv: number): number {
  const volts = voltageKv * 1000;
  const planck = 6.62607015e-34;
  const mass = 9.1093837015e-31;
  const charge = 1.602176634e-19;
  const lightSpeed = 299792458;
  const momentum = Math.sqrt(
    2 * mass * charge * volts * (1 + (charge * volts) / (2 * mass * lightSpeed * lightSpeed)),
  );
  return (planck / momentum) * 1e10;
}

/**
 * Contrast transfer, -1..1, at the spatial frequency (kx, ky) in 1/Angstrom: -sin(pi lambda k^2 D - pi/2 Cs
 * lambda^3 k^4 + phase + asin A), D = (U+V)/2 + (U-V)/2 cos 2(theta - angle) (Mindell and Grigorieff 2003;
 * Rohou and Grigorieff 2015). Negative at low frequency for underfocus: dense objects are dark.
 */
export function createTransfer(optics: Optics): (kx: number, ky: number) => number {
  const wavelength = electronWavelengthA(optics.voltageKv);
  const csA = optics.csMm * 1e7;
  const angle = (optics.defocusAngleDeg * Math.PI) / 180;
  const cosTwice = Math.cos(2 * angle);
  const sinTwice = Math.sin(2 * angle);
  const mean = (optics.defocusUA + optics.defocusVA) / 2;
  const halfDifference = (optics.defocusUA - optics.defocusVA) / 2;
  const constant = (optics.phaseShiftDeg * Math.PI) / 180 + Math.asin(optics.amplitudeContrast);
  return (kx, ky) => {
    const k2 = kx * kx + ky * ky;
    // k^2 cos(2 (theta - angle)), without the arc tangent
    const k2CosTwice = (kx * kx - ky * ky) * cosTwice + 2 * kx * ky * sinTwice;
    const defocusTerm = Math.PI * wavelength * (mean * k2 + halfDifference * k2CosTwice);
    const csTerm = 0.5 * Math.PI * csA * wavelength ** 3 * k2 * k2;
    return -Math.sin(defocusTerm - csTerm + constant);
  };
}

/**
 * Remaining amplitude at a spatial frequency after a dose: exp(-dose / (2 Ne)), Ne = 0.245 k^-1.665 + 2.81
 * e/A^2 at 300 kV, 0.8 of that at 200 kV (Grant and Grigorieff 2015); the factor is linear in the voltage, at
 * least 0.5.
 * @param k - 1/Angstrom
 */
export function doseAttenuation(k: number, doseEA2: number, voltageKv: number): number {
  if (k <= 0) return 1;
  const voltageFactor = Math.max(0.5, 0.8 + (0.2 * (voltageKv - 200)) / 100);
  return Math.exp(-doseEA2 / (2 * voltageFactor * (0.245 * k ** -1.665 + 2.81)));
}
