import { shiftFilter, TAPS } from '../src/engine/motion/interpolation.ts';

/** Taps that shift by a fraction of a pixel: out(x) = sum of taps[k] in(x + k - length / 2 + 1). */
type Filter = (fraction: number) => ArrayLike<number>;

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const lanczos =
  (lobes: number): Filter =>
  (fraction) => {
    const taps = Array.from({ length: 2 * lobes }, (_, k) => {
      const x = k - lobes + 1 - fraction;
      return Math.abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0;
    });
    const sum = taps.reduce((a, b) => a + b, 0);
    return taps.map((v) => v / sum);
  };

const FILTERS: Record<string, Filter> = {
  bilinear: (f) => [1 - f, f],
  // Catmull-Rom
  cubic: (f) => [
    (-f + 2 * f * f - f ** 3) / 2,
    (2 - 5 * f * f + 3 * f ** 3) / 2,
    (f + 4 * f * f - 3 * f ** 3) / 2,
    (-f * f + f ** 3) / 2,
  ],
  'Lanczos, 6 taps': lanczos(3),
  'Lanczos, 8 taps': lanczos(4),
  'least squares, 6 taps': (f) => shiftFilter(6, f),
  [`least squares, ${TAPS} taps (built-in engine)`]: (f) => shiftFilter(TAPS, f),
  'least squares, 10 taps': (f) => shiftFilter(10, f),
};

const FRACTIONS_OF_NYQUIST = [0.1, 0.25, 0.5, 0.625, 0.75, 0.85, 0.95];
const SHIFTS = 64;

/**
 * Power along one axis that remains in a sum of frames, relative to an ideal Fourier shift, if the fractional
 * shifts of the frames are uniformly distributed: the square of the mean gain at each frequency, from the
 * filter's transfer function.
 */
export async function run(): Promise<void> {
  console.log(
    `${'fraction of Nyquist'.padEnd(32)}${FRACTIONS_OF_NYQUIST.map((p) => String(p).padStart(8)).join('')}`,
  );
  for (const [name, filter] of Object.entries(FILTERS)) {
    const powers = FRACTIONS_OF_NYQUIST.map((frequency) => {
      let gain = 0;
      for (let i = 0; i < SHIFTS; i++) {
        const fraction = i / SHIFTS;
        const taps = Array.from(filter(fraction));
        taps.forEach((tap, k) => {
          gain += (tap * Math.cos(Math.PI * frequency * (k - taps.length / 2 + 1 - fraction))) / SHIFTS;
        });
      }
      return gain ** 2;
    });
    console.log(`${name.padEnd(32)}${powers.map((p) => p.toFixed(3).padStart(8)).join('')}`);
  }
}
