import { parseArgs } from 'node:util';
import { DEFAULT_CTF_SEARCH } from '../src/contract/recipe.ts';
import { estimateCtf } from '../src/engine/ctf/estimate.ts';
import { simulateMicrograph, type Truth, USUAL } from '../test/engine/ctf/simulate.ts';

const COLUMNS = [
  'truth U  V  angle',
  'signal',
  'found U  V  angle',
  'mean err',
  'angle err',
  'fit A',
  'conf',
  'CPU s',
];

/**
 * Time and error of the CTF estimation over a grid of simulated micrographs; `--size 4096` for a camera's size.
 * Prints one row per micrograph and the medians.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { size: { type: 'string', default: '2048' } } });
  const size = Number(values.size);
  if (!Number.isInteger(Math.log2(size))) throw new RangeError('--size must be a power of two');
  const rows: { meanErrorA: number; cpuSeconds: number }[] = [];
  print(COLUMNS);
  for (const signal of [1.5, 0.6]) {
    for (const [meanA, astigmatismA, angleDeg] of [
      [5000, 200, 10],
      [10_000, 1500, -40],
      [15_000, 500, 70],
      [25_000, 1000, -80],
      [35_000, 300, 45],
    ] as const) {
      const defocusUA = meanA + astigmatismA / 2;
      const defocusVA = meanA - astigmatismA / 2;
      rows.push(await measure({ ...USUAL, size, signal, defocusUA, defocusVA, angleDeg, seed: meanA }));
    }
  }
  const errors = rows.map((r) => r.meanErrorA);
  console.log(
    `median error of the mean defocus ${median(errors).toFixed(1)} A, worst ${Math.max(...errors).toFixed(1)} A`,
  );
  console.log(`median CPU time ${median(rows.map((r) => r.cpuSeconds)).toFixed(2)} s for ${size}x${size}`);
}

async function measure(truth: Truth) {
  const image = simulateMicrograph(truth);
  const { size, pixelSizeA, voltageKv, csMm, amplitudeContrast } = truth;
  const optics = { pixelSizeA, voltageKv, csMm, amplitudeContrast };
  const start = process.cpuUsage();
  const { ctf } = await estimateCtf({
    image,
    width: size,
    height: size,
    ...optics,
    search: DEFAULT_CTF_SEARCH,
  });
  const used = process.cpuUsage(start);
  const cpuSeconds = (used.user + used.system) / 1e6;
  const meanErrorA = Math.abs(ctf.defocusUA + ctf.defocusVA - truth.defocusUA - truth.defocusVA) / 2;
  const turn = (((ctf.astigmatismAngleDeg - truth.angleDeg) % 180) + 180) % 180;
  print([
    `${truth.defocusUA} ${truth.defocusVA} ${truth.angleDeg}`,
    truth.signal.toFixed(1),
    `${ctf.defocusUA.toFixed(0)} ${ctf.defocusVA.toFixed(0)} ${ctf.astigmatismAngleDeg.toFixed(1)}`,
    meanErrorA.toFixed(1),
    Math.min(turn, 180 - turn).toFixed(1),
    ctf.fitResolutionA.toFixed(2),
    ctf.confidence.toFixed(2),
    cpuSeconds.toFixed(2),
  ]);
  return { meanErrorA, cpuSeconds };
}

function print(cells: readonly string[]): void {
  console.log(cells.map((cell, i) => cell.padEnd(i % 2 === 0 && i < 3 ? 22 : 10)).join(''));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
