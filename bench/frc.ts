import { writeFileSync } from 'node:fs';
import { type FrcCurves, measureFrc, minUpTo } from '../test/support/frc/measure.ts';

const RINGS = 64;
/** Number of rings in a line of the table. */
const RINGS_PER_LINE = 4;
/** Required correlation with the ideal sum, and the fraction of Nyquist up to which it is required. */
const MIN_FRC = { value: 0.98, upTo: 0.75 };

/**
 * Comparison of our sum with the ideal sum: Fourier ring correlation of our dose-weighted sum with a sum that
 * was corrected for the true motion (phase ramps; a sinc of 64 taps for local motion) with the same weights.
 * Both are sums of the same counts, so they share the noise, and a perfect engine would reach 1 at every
 * frequency; the difference is due to errors of the shifts, of the interpolation, and of pixels that were
 * wrongly treated as bad. Also shown: the plain sum of the uncorrected frames and, because the shared noise
 * contains no information about the specimen, the correlation of all three with the noise-free specimen at
 * rest.
 * @param args - [WIDTHxHEIGHTxFRAMES, sizes with no prime factors other than 2 and 3] [e/A^2 per frame]
 * [pixels of local motion] [seed] [CSV file to write]
 */
export async function run(args: string[]): Promise<void> {
  const [width, height, frames] = (args[0] ?? '2048x2048x40').split('x').map(Number) as [
    number,
    number,
    number,
  ];
  const dosePerFrameEA2 = Number(args[1] ?? 1);
  const localPixels = Number(args[2] ?? 3);
  const seed = Number(args[3] ?? 1);
  console.log(
    `frc ${width}x${height}x${frames}, ${dosePerFrameEA2} e/A^2 per frame, 1 A per pixel, seed ${seed}`,
  );
  const lines = [
    'case,fraction_of_nyquist,ours_ideal,uncorrected_ideal,ideal_truth,ours_truth,uncorrected_truth',
  ];
  for (const pixels of [0, localPixels]) {
    const name =
      pixels === 0
        ? 'whole-frame motion'
        : `whole-frame motion and up to ${pixels} px of local motion, 5x5 patches`;
    const curves = await measureFrc({
      width,
      height,
      frames,
      dosePerFrameEA2,
      localPixels: pixels,
      seed,
      rings: RINGS,
    });
    report(name, curves);
    lines.push(...rowsOf(pixels === 0 ? 'global' : 'local', curves));
  }
  if (args[4]) writeFileSync(args[4], `${lines.join('\n')}\n`);
}

const columns = ({ engine, uncorrected, signal }: FrcCurves) => [
  engine,
  uncorrected,
  signal.ideal,
  signal.engine,
  signal.uncorrected,
];

function report(name: string, curves: FrcCurves): void {
  console.log(
    `\n${name}: ${curves.fieldRmsd.toFixed(3)} px RMSD over the field${curves.fallback ? ` (${curves.fallback})` : ''}`,
  );
  console.log('fraction of        with the ideal sum       with the specimen at rest');
  console.log('    Nyquist   engine   uncorrected       ideal   engine  uncorrected');
  for (let first = 0; first < RINGS; first += RINGS_PER_LINE) {
    const [a, b, c, d, e] = columns(curves).map((curve) =>
      (curve.subarray(first, first + RINGS_PER_LINE).reduce((sum, v) => sum + v, 0) / RINGS_PER_LINE)
        .toFixed(3)
        .padStart(8),
    );
    const range = `${(first / RINGS).toFixed(3)}-${((first + RINGS_PER_LINE) / RINGS).toFixed(3)}`;
    console.log(`${range}  ${a}      ${b}    ${c} ${d}     ${e}`);
  }
  const { value, fraction } = minUpTo(curves.engine, MIN_FRC.upTo);
  console.log(
    `  lowest up to ${MIN_FRC.upTo} Nyquist: ${value.toFixed(4)} at ${fraction.toFixed(2)} (required ${MIN_FRC.value}: ${value > MIN_FRC.value ? 'pass' : 'FAIL'})`,
  );
}

function rowsOf(name: string, curves: FrcCurves): string[] {
  return Array.from({ length: RINGS }, (_, ring) =>
    [
      name,
      ((ring + 0.5) / RINGS).toFixed(4),
      ...columns(curves).map((curve) => curve[ring]!.toFixed(5)),
    ].join(','),
  );
}
