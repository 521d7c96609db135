import { GOOD_CONFIDENCE } from '../../src/contract/record.ts';
import { quantile, type Row } from '../../test/support/ctf/measure.ts';

const COLUMNS = ['micrograph', 'defocus', 'error', 'astig. err', 'phase err', 'fit A', 'confid.', 'CPU s'];
const WIDTHS = [44, 9, 9, 12, 11, 8, 9, 7];
/** A defocus within this fraction of the truth is right. */
const RIGHT = 0.02;

export interface Bars {
  readonly medianA: number;
  readonly p95A?: number;
  readonly astigmatismA?: number;
  readonly phaseDeg?: number;
  readonly worstA?: number;
  readonly cpuSeconds?: number;
}

/** Required accuracy of the fit by size of the image, Angstrom. */
export const BARS: Readonly<Record<number, Bars>> = {
  4096: { medianA: 15, p95A: 60, astigmatismA: 60, phaseDeg: 5, cpuSeconds: 1 },
  2048: { medianA: 50 },
};
export const NOISE_FREE_BARS: Bars = { medianA: 5, worstA: 5 };

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

export function printSummary(rows: readonly Row[], bars: Bars): void {
  const errors = rows.map((r) => Math.abs(r.meanErrorA));
  const phases = rows.flatMap((r) => (r.phaseErrorDeg === null ? [] : [Math.abs(r.phaseErrorDeg)]));
  console.log(`\n${rows.length} micrographs`);
  bar('error of the mean defocus, median, A', quantile(errors, 0.5), bars.medianA);
  bar('error of the mean defocus, 95th percentile, A', quantile(errors, 0.95), bars.p95A);
  bar('error of the mean defocus, worst, A', Math.max(...errors), bars.worstA);
  const astigmatism = rows.map((r) => r.astigmatismErrorA);
  bar('error of the astigmatism vector, median, A', quantile(astigmatism, 0.5), bars.astigmatismA);
  if (phases.length > 0)
    bar(`error of the phase shift, worst of ${phases.length}, degrees`, Math.max(...phases), bars.phaseDeg);
  const seconds = rows.map((r) => r.cpuSeconds);
  bar('CPU time of the estimate, median, s', quantile(seconds, 0.5), bars.cpuSeconds, 2);
  bar('CPU time of the estimate, worst, s', Math.max(...seconds), bars.cpuSeconds, 2);
  const peakMb = Math.max(...rows.map((r) => r.peakMb));
  console.log(`peak memory, the maker of the images included: ${peakMb.toFixed(0)} MB`);
  printCalibration(rows);
}

/** 99 % of those called good must be right. */
export function printCalibration(rows: readonly Row[]): void {
  const isRight = (r: Row) => Math.abs(r.meanErrorA) <= RIGHT * r.meanA;
  const good = rows.filter((r) => r.confidence >= GOOD_CONFIDENCE);
  const right = good.filter(isRight).length;
  console.log(
    `called good (confidence >= ${GOOD_CONFIDENCE}): ${good.length}, right within 2 %: ${right} - ${right >= 0.99 * good.length ? 'pass' : 'FAIL'}` +
      `; not called good: ${rows.length - good.length}, right all the same: ${rows.filter(isRight).length - right}`,
  );
}

function bar(what: string, value: number, limit: number | undefined, digits = 1): void {
  const verdict = limit === undefined ? '' : ` - ${value <= limit ? 'pass' : 'FAIL'} (at most ${limit})`;
  console.log(`${what}: ${value.toFixed(digits)}${verdict}`);
}
