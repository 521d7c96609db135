import { appendFileSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { GOOD_CONFIDENCE } from '../src/contract/record.ts';
import { compare, fitImage, type Row } from '../test/support/ctf/measure.ts';
import { type MicrographTruth, makeMicrograph } from '../test/support/ctf/micrograph.ts';
import { RINGLESS_KINDS, ringlessImage } from '../test/support/ctf/ringless.ts';
import { SWEEP_COUNT, sweepTruth } from '../test/support/ctf/sweep.ts';
import { randomSource } from '../test/support/random.ts';
import {
  LIMITS,
  type Limits,
  NOISE_FREE_LIMITS,
  printCalibration,
  printHead,
  printRow,
  printSummary,
} from './ctf-parts/report.ts';
import { simulatedMicrograph } from './ctf-parts/simulated.ts';

const OPTIONS = {
  set: { type: 'string', default: 'sweep' },
  size: { type: 'string', default: '4096' },
  from: { type: 'string', default: '0' },
  count: { type: 'string' },
  keep: { type: 'string' },
  summary: { type: 'string' },
} as const;

/** Number of micrographs in each set. */
const COUNTS: Readonly<Record<string, number>> = {
  sweep: SWEEP_COUNT,
  weak: SWEEP_COUNT,
  'noise-free': 10,
  simulator: 10,
  ringless: 40,
};

/**
 * Error of the CTF fit compared with the truth, and its CPU time; both are checked against limits.
 *
 *   --set sweep       200 micrographs (default); weak: the same with Thon rings close to the noise, to test
 *         the confidence; noise-free; simulator (micrographs from src/simulator); ringless (images without
 *         rings: none may be rated good)
 *   --size 4096       side of the images; --from 0 --count 50: a part of the set
 *   --keep FILE       appends each row to FILE; --summary FILE: only prints the summary of all rows in FILE
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const size = Number(values.size);
  if (!Number.isInteger(Math.log2(size))) throw new RangeError('--size must be a power of two');
  const total = COUNTS[values.set];
  if (!total) throw new RangeError(`--set must be one of ${Object.keys(COUNTS).join(', ')}`);
  const limits: Limits =
    values.set === 'noise-free' ? NOISE_FREE_LIMITS : (LIMITS[size] ?? { medianA: Infinity });
  const finish = (rows: readonly Row[]) =>
    values.set === 'ringless'
      ? printRingless(rows)
      : values.set === 'weak'
        ? printCalibration(rows)
        : printSummary(rows, limits);
  if (values.summary !== undefined) {
    const lines = readFileSync(values.summary, 'utf8').trim().split('\n');
    finish(lines.map((line) => JSON.parse(line) as Row));
    return;
  }
  const from = Number(values.from);
  const to = Math.min(total, from + Number(values.count ?? total));
  const rows: Row[] = [];
  printHead();
  for (let i = from; i < to; i++) {
    const row = await measure(values.set, i, size);
    printRow(row);
    rows.push(row);
    if (values.keep !== undefined) appendFileSync(values.keep, `${JSON.stringify(row)}\n`);
  }
  finish(rows);
}

async function measure(set: string, index: number, size: number): Promise<Row> {
  if (set === 'ringless') {
    const kind = RINGLESS_KINDS[index % RINGLESS_KINDS.length] ?? 'white noise';
    const pixelSizeA = [1, 1.3, 0.7, 1.6, 0.85][index % 5] ?? 1;
    const phaseShiftDeg = index % 3 === 2 ? 90 : 0;
    const optics = {
      voltageKv: 300,
      csMm: 2.7,
      amplitudeContrast: 0.1,
      defocusUA: 0,
      defocusVA: 0,
      angleDeg: 0,
    };
    const truth = { pixelSizeA, phaseShiftDeg, ...optics };
    const { ctf, cpuSeconds } = await fitImage(ringlessImage(kind, size, pixelSizeA, index + 1), size, truth);
    return compare(`${kind}${phaseShiftDeg > 0 ? ', phase fitted' : ''}`, truth, ctf, cpuSeconds);
  }
  const { truth, image, name } = makeTestMicrograph(set, index, size);
  const { ctf, cpuSeconds } = await fitImage(image, size, truth);
  return compare(`${index} ${name}`, truth, ctf, cpuSeconds);
}

function makeTestMicrograph(set: string, index: number, size: number) {
  if (set === 'simulator') return { ...simulatedMicrograph(index, size), name: 'simulated' };
  const standard = sweepTruth(set === 'noise-free' ? 20 * index + 3 : index, size);
  const truth: MicrographTruth =
    set === 'weak'
      ? {
          ...standard,
          strengthA2:
            standard.strengthA2 * Math.exp(randomSource(9000 + index).between(Math.log(0.01), Math.log(0.6))),
        }
      : set === 'noise-free'
        ? { ...standard, doseEA2: Infinity, phaseShiftDeg: 0 }
        : standard;
  const name = `${truth.film} ${truth.voltageKv} kV ${truth.pixelSizeA.toFixed(2)} A/px ${truth.doseEA2.toFixed(0)} e/A2`;
  return { truth, image: makeMicrograph(truth), name };
}

function printRingless(rows: readonly Row[]): void {
  const good = rows.filter((r) => r.confidence >= GOOD_CONFIDENCE).length;
  const highest = Math.max(...rows.map((r) => r.confidence));
  console.log(
    `\n${rows.length} images without rings, rated good: ${good} - ${good === 0 ? 'pass' : 'FAIL'}; highest confidence ${highest.toFixed(2)}`,
  );
}
