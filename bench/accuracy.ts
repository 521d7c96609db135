import { type Accuracy, measureAccuracy } from '../test/support/accuracy/measure.ts';

/**
 * Shifts of simulated movies compared with the truth and with the minimum error for their counting noise (the
 * Cramer-Rao bound for an unknown specimen; smoothing assumes that a trajectory is smooth, so that the error
 * can be below the bound); and whether patches ever increase the error over the field compared with
 * whole-frame motion. One line per seed.
 * @param args - [WIDTHxHEIGHTxFRAMES] [e/A^2 per frame, 1 A per pixel] [pixels of local motion] [number
 * of seeds]
 */
export async function run(args: string[]): Promise<void> {
  const [width, height, frames] = (args[0] ?? '1024x1024x20').split('x').map(Number) as [
    number,
    number,
    number,
  ];
  const dosePerFrameEA2 = Number(args[1] ?? 2);
  const localPixels = Number(args[2] ?? 0);
  const seeds = Number(args[3] ?? 10);
  console.log(
    `accuracy ${width}x${height}x${frames}, ${dosePerFrameEA2} e/px, local motion up to ${localPixels} px; RMSD in px`,
  );
  console.log('seed   shifts    bound   ratio    field: whole frame   patches   model');
  const results: Accuracy[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const accuracy = await measureAccuracy({ width, height, frames, dosePerFrameEA2, localPixels, seed });
    results.push(accuracy);
    console.log(line(String(seed), accuracy, accuracy.isLocal ? 'yes' : 'none'));
  }
  const mean = (key: 'shifts' | 'bound' | 'wholeFrame' | 'withPatches') =>
    Math.sqrt(results.reduce((sum, accuracy) => sum + accuracy[key] ** 2, 0) / results.length);
  const worseCount = results.filter((accuracy) => accuracy.withPatches > accuracy.wholeFrame).length;
  const means = {
    shifts: mean('shifts'),
    bound: mean('bound'),
    wholeFrame: mean('wholeFrame'),
    withPatches: mean('withPatches'),
  };
  console.log(line('rms', means, `worse than whole-frame motion: ${worseCount} of ${results.length}`));
}

function line(
  name: string,
  { shifts, bound, wholeFrame, withPatches }: Omit<Accuracy, 'isLocal'>,
  note: string,
): string {
  const pixels = (value: number, width: number) => value.toFixed(4).padStart(width);
  return `${name.padStart(4)} ${pixels(shifts, 8)} ${pixels(bound, 8)} ${(shifts / bound).toFixed(2).padStart(7)} ${pixels(wholeFrame, 21)} ${pixels(withPatches, 9)}   ${note}`;
}
