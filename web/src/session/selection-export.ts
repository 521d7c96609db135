import { metricWords } from '../data/metric-words.ts';
import { METRIC_KEYS } from '../data/metrics.ts';
import type { Selection } from '../data/selection.ts';
import type { Series } from '../data/series.ts';

interface SelectionInfo {
  readonly session: string;
  /** The criteria as text, as on the screen; empty if movies were picked one by one. */
  readonly criteria: string;
}

/**
 * First columns of the CSV file. Other programs may depend on them, so they do not change with the texts of
 * the page.
 */
const FIRST_HEADERS = ['Movie', 'Verdict', 'Finished (UTC)'];
/** Column names with units. */
const METRIC_HEADERS = METRIC_KEYS.map((key) => {
  const { label, unit } = metricWords[key];
  return unit === '' ? label : `${label} (${unit})`;
});

const quote = (value: string) => (/[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
/**
 * A spreadsheet evaluates texts that begin like this as formulas; an apostrophe before them prevents that
 * (OWASP, "CSV injection"). Names of movies come from file names.
 */
const FORMULA = /^[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
const plainText = (value: string) => (FORMULA.test(value) ? `'${value}` : value);
/** The service sends single precision, which has about seven digits. */
const roundToSingle = (value: number | null) => (value === null ? null : Number(value.toPrecision(7)));

/** The selected movies with all metrics, in the units of the screen, as CSV (RFC 4180) or JSON. */
export function exportSelection(
  series: Series,
  { mask }: Selection,
  kind: 'csv' | 'json',
  info: SelectionInfo,
): string {
  const rows: {
    base: string;
    verdict: string | null;
    finishedAt: string | null;
    values: (number | null)[];
  }[] = [];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 1) continue;
    const finishedMs = series.finishedMs(i);
    rows.push({
      base: series.bases[i] ?? '',
      verdict: series.verdict(i),
      finishedAt: Number.isNaN(finishedMs) ? null : new Date(finishedMs).toISOString(),
      values: METRIC_KEYS.map((key) => roundToSingle(series.value(key, i))),
    });
  }
  if (kind === 'csv') {
    const head = [...FIRST_HEADERS, ...METRIC_HEADERS];
    const lines = rows.map(({ base, verdict, finishedAt, values }) => [
      ...[plainText(base), verdict ?? '', finishedAt ?? ''],
      ...values.map((value) => (value === null ? '' : String(value))),
    ]);
    return `${[head, ...lines].map((line) => line.map(quote).join(',')).join('\r\n')}\r\n`;
  }
  const units = Object.fromEntries(METRIC_KEYS.map((key) => [key, metricWords[key].unit]));
  const movies = rows.map(({ values, ...row }) => ({
    ...row,
    ...Object.fromEntries(METRIC_KEYS.map((key, k) => [key, values[k] ?? null])),
  }));
  return `${JSON.stringify({ ...info, units, movies }, null, 1)}\n`;
}
