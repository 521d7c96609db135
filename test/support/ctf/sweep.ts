import { randomSource } from '../random.ts';
import type { MicrographTruth } from './micrograph.ts';

export const SWEEP_COUNT = 200;

/**
 * Micrograph `index` of the sweep: 0.5-3.5 um, astigmatism 0-1500 A, 20-60 e/A^2, 0.6-1.6 A/px, half ice
 * (200-400 A thick) and half carbon (70-170 A); a tenth with a phase plate, a fifth at 200 kV, and a fifth of
 * the ice with crystals.
 */
export function sweepTruth(index: number, size: number): MicrographTruth {
  const random = randomSource(1000 + index);
  const mean = random.between(5000, 35_000);
  const astigmatism = random.between(0, 1500);
  const film = index % 2 === 0 ? 'ice' : 'carbon';
  const strengthA2 = film === 'ice' ? random.between(0.06, 0.12) : random.between(0.06, 0.15);
  const hasCrystals = random.uniform() < 0.2 && film === 'ice';
  return {
    size,
    pixelSizeA: random.between(0.6, 1.6),
    voltageKv: index % 5 === 3 ? 200 : 300,
    csMm: 2.7,
    amplitudeContrast: film === 'ice' ? 0.07 : 0.1,
    defocusUA: mean + astigmatism / 2,
    defocusVA: mean - astigmatism / 2,
    angleDeg: random.between(-90, 90),
    phaseShiftDeg: index % 10 < 2 && index % 20 < 10 ? random.between(20, 160) : 0,
    doseEA2: random.between(20, 60),
    film,
    strengthA2,
    bFactorA2: random.between(50, 150),
    iceRing: hasCrystals ? random.between(0.5, 4) : 0,
    blurA: random.between(0, 1.5),
    blurDeg: random.between(-90, 90),
    seed: index + 1,
  };
}
