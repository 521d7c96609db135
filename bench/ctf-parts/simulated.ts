import { createRandom } from '../../src/base/random.ts';
import { createExposure } from '../../src/simulator/exposure.ts';
import { poisson } from '../../src/simulator/poisson.ts';
import { DEFAULT_MOVIE } from '../../src/simulator/settings.ts';
import type { CtfTruth } from '../../test/support/ctf/measure.ts';
import { randomSource } from '../../test/support/random.ts';

/** A micrograph from src/simulator, with particles and counting noise, without motion. */
export function simulatedMicrograph(index: number, size: number): { truth: CtfTruth; image: Float32Array } {
  const random = randomSource(5000 + index);
  const mean = random.between(5000, 35_000);
  const astigmatism = random.between(0, 1500);
  const truth: CtfTruth = {
    pixelSizeA: random.between(0.8, 1.4),
    voltageKv: 300,
    csMm: 2.7,
    amplitudeContrast: 0.1,
    defocusUA: mean + astigmatism / 2,
    defocusVA: mean - astigmatism / 2,
    angleDeg: random.between(-90, 90),
    phaseShiftDeg: 0,
  };
  const { pixelSizeA } = truth;
  const optics = { ...truth, defocusAngleDeg: truth.angleDeg, envelopeBA2: DEFAULT_MOVIE.envelopeBA2 };
  // The simulator's Fourier transform supports only image sizes with no prime factors other than 2 and 3.
  const side = (size * 9) / 8;
  const exposure = createExposure(
    { ...DEFAULT_MOVIE, nx: side, ny: side, pixelSizeA, optics, seed: index },
    { x: 0, y: 0, width: size, height: size },
  );
  const contrast = new Float32Array(size * size);
  exposure.renderContrast([0, 0], 15, contrast);
  const noise = createRandom(index, 21);
  const electrons = 30 * pixelSizeA ** 2;
  return { truth, image: contrast.map((c) => poisson(noise, electrons * Math.max(0, 1 + c))) };
}
