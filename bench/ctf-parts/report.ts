import { GOOD_CONFIDENCE } from '../../src/contract/record.ts';
import { quantile, type Row } from '../../test/support/ctf/measure.ts';

const COLUMNS = ['micrograph', 'defocus', 'error', 'astig. err', 'phase err', 'fit A', 'confid.', 'CPU s'];
const WIDTHS = [44, 9, 9, 12, 11, 8, 9, 7];
/** A defocus is correct if its error is at most this fraction of the truth. */
const MAX_RELATIVE_ERROR = 0.02;

export interface Limits {
  readonly medianA: number;
  readonly p95A?: number;
  readonly astigmatismA?: number;
  readonly phaseDeg?: number;
  readonly worstA?: number;
  readonly cpuSeconds?: number;
}

/** Required accuracy of the fit by size of the image, Angstrom. */
export const LIMITS: Readonly<Record<number, Limits>> = {
  4096: { medianA: 15, p95A: 60, astigmatismA: 60, phaseDeg: 5, cpuSeconds: 1 },
  2048: { medianA: 50 },
};
export const NOISE_FREE_LIMITS: Limits = { medianA: 5, worstA: 5 };

export const printHead = (): void => print(COLUMNS);

export function printRow(row: Row): void {
  print([
    row.name,
    row.meanA.toFixed(0),
    row.meanErrorA.toFixed(1),
    row.astigmatismErrorA.toFixed(0),
    row.phaseErrorDeg === null ? '' : row.phaseErrorDeg.toFixed(2),
    row.fitResolutionA.toFixed(2),
    row.confidence.toFixed(2),
    row.cpuSeconds.toFixed(2),
  ]);
}

function print(cells: readonly string[]): void {
  console.log(
    cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i]!) : cell.padStart(WIDTHS[i]!))).join(''),
  );
}

export function printSummary(rows: readonly Row[], limits: Limits): void {
  const errors = rows.map((r) => Math.abs(r.meanErrorA));
  const phases = rows.flatMap((r) => (r.phaseErrorDeg === null ? [] : [Math.abs(r.phaseErrorDeg)]));
  console.log(`\n${rows.length} micrographs`);
  printCheck('error of the mean defocus, median, A', quantile(errors, 0.5), limits.medianA);
  printCheck('error of the mean defocus, 95th percentile, A', quantile(errors, 0.95), limits.p95A);
  printCheck('error of the mean defocus, worst, A', Math.max(...errors), limits.worstA);
  const astigmatism = rows.map((r) => r.astigmatismErrorA);
  printCheck('error of the astigmatism vector, median, A', quantile(astigmatism, 0.5), limits.astigmatismA);
  if (phases.length > 0)
    printCheck(
      `error of the phase shift, worst of ${phases.length}, degrees`,
      Math.max(...phases),
      limits.phaseDeg,
    );
  const seconds = rows.map((r) => r.cpuSeconds);
  printCheck('CPU time of the estimate, median, s', quantile(seconds, 0.5), limits.cpuSeconds, 2);
  printCheck('CPU time of the estimate, worst, s', Math.max(...seconds), limits.cpuSeconds, 2);
  const peakMb = Math.max(...rows.map((r) => r.peakMb));
  console.log(`peak memory, including the simulation of the images: ${peakMb.toFixed(0)} MB`);
  printCalibration(rows);
}

/** 99 % of the good fits must be correct. */
export function printCalibration(rows: readonly Row[]): void {
  const isCorrect = (r: Row) => Math.abs(r.meanErrorA) <= MAX_RELATIVE_ERROR * r.meanA;
  const good = rows.filter((r) => r.confidence >= GOOD_CONFIDENCE);
  const correct = good.filter(isCorrect).length;
  console.log(
    `good fits (confidence >= ${GOOD_CONFIDENCE}): ${good.length}, of which correct within 2 %: ${correct} - ${correct >= 0.99 * good.length ? 'pass' : 'FAIL'}` +
      `; other fits: ${rows.length - good.length}, of which correct: ${rows.filter(isCorrect).length - correct}`,
  );
}

function printCheck(label: string, value: number, limit: number | undefined, digits = 1): void {
  const verdict = limit === undefined ? '' : ` - ${value <= limit ? 'pass' : 'FAIL'} (at most ${limit})`;
  console.log(`${label}: ${value.toFixed(digits)}${verdict}`);
}
