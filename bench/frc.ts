import { writeFileSync } from 'node:fs';
import { type FrcCurves, measureFrc, minUpTo } from '../test/support/frc/measure.ts';

const RINGS = 64;
/** Number of rings in a line of the table. */
const RINGS_PER_LINE = 4;
const BAR = { frc: 0.98, part: 0.75 };

/**
 * Comparison of our sum with the best possible one: Fourier ring correlation of our dose-weighted sum with
 * one to which the true motion was applied exactly (phase ramps; a sinc of 64 taps for local motion) with the
 * same weights. Both are sums of the same counts, so they share the noise, and a perfect engine would reach 1
 * at every frequency; the difference is due to errors of the shifts, of the interpolation, and of pixels that
 * were wrongly treated as bad. Also shown: the plain sum of the uncorrected frames and, because shared noise
 * contains no information on the specimen, the correlation of all three with the noise-free specimen at rest.
 * @param args - [WIDTHxHEIGHTxFRAMES, sides of factors 2 and 3] [e/A^2 per frame] [pixels of local motion]
 * [seed] [CSV file to write]
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
    'case,parts_of_nyquist,ours_ideal,uncorrected_ideal,ideal_truth,ours_truth,uncorrected_truth',
  ];
  for (const pixels of [0, localPixels]) {
    const name = pixels === 0 ? 'the frame moves as a whole' : `and up to ${pixels} px by place, 5x5 patches`;
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

const columns = ({ ours, uncorrected, signal }: FrcCurves) => [
  ours,
  uncorrected,
  signal.ideal,
  signal.ours,
  signal.uncorrected,
];

function report(name: string, curves: FrcCurves): void {
  console.log(
    `\n${name}: ${curves.fieldRmsd.toFixed(3)} px RMSD over the field${curves.fallback ? ` (${curves.fallback})` : ''}`,
  );
  console.log('   parts of     against the ideal sum    against the specimen at rest');
  console.log('    Nyquist     ours   uncorrected       ideal     ours  uncorrected');
  for (let first = 0; first < RINGS; first += RINGS_PER_LINE) {
    const [a, b, c, d, e] = columns(curves).map((curve) =>
      (curve.subarray(first, first + RINGS_PER_LINE).reduce((sum, v) => sum + v, 0) / RINGS_PER_LINE)
        .toFixed(3)
        .padStart(8),
    );
    const range = `${(first / RINGS).toFixed(3)}-${((first + RINGS_PER_LINE) / RINGS).toFixed(3)}`;
    console.log(`${range}  ${a}      ${b}    ${c} ${d}     ${e}`);
  }
  const { value, part } = minUpTo(curves.ours, BAR.part);
  console.log(
    `  lowest up to ${BAR.part} Nyquist: ${value.toFixed(4)} at ${part.toFixed(2)} (bar ${BAR.frc}: ${value > BAR.frc ? 'met' : 'MISSED'})`,
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
