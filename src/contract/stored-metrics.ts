import { z } from 'zod';
import { fromEntries } from './from-entries.ts';
import { type HideablePart, METRICS, type MetricDeclaration, type StoredSource } from './metrics.ts';
import type { ResultRecord } from './record.ts';

/**
 * Types and lists for the page and the ledger, derived from the table of metrics. Stored values have the unit
 * of the record.
 */

type Row = (typeof METRICS)[number];
type StoredRow = Extract<Row, { readonly source: { readonly field: string } }>;
type PageRow = Exclude<Row, { readonly hiddenIn: readonly ['page'] }>;

/** Name of a value in the API. */
export type MetricField = StoredRow['source']['field'];
/** Key of a metric that the page shows. */
export type MetricKey = PageRow['key'];
/** Name of a value in the binary columns that are sent to the page. */
export type ColumnKey = Extract<PageRow, StoredRow>['source']['field'];

interface StoredMetric extends MetricDeclaration {
  readonly source: StoredSource & { readonly field: MetricField };
}
export interface PageMetric extends MetricDeclaration {
  readonly key: MetricKey;
}

/** Whether a part of the page does not show the metric. */
export const isHiddenIn = (part: HideablePart, { hiddenIn = [] }: MetricDeclaration): boolean =>
  hiddenIn.includes(part);

const isStored = (row: Row): row is StoredRow => 'field' in row.source;
const isOnPage = (row: Row): row is PageRow => !isHiddenIn('page', row);

/** All in the order of the table. */
export const PAGE_METRICS: readonly PageMetric[] = METRICS.filter(isOnPage);
export const STORED_METRICS: readonly StoredMetric[] = METRICS.filter(isStored);
export const COLUMN_KEYS: readonly ColumnKey[] = METRICS.filter(
  (row): row is Extract<PageRow, StoredRow> => isOnPage(row) && isStored(row),
).map(({ source }) => source.field);

/** The columns whose mean is the value of a metric. */
export const columnsOfMetric = ({ source }: PageMetric): readonly ColumnKey[] => {
  const fields: readonly string[] = 'field' in source ? [source.field] : source.meanOf;
  return COLUMN_KEYS.filter((key) => fields.includes(key));
};

/** Fields of a movie row in the API. */
export const metricFieldSchemas = fromEntries(
  STORED_METRICS.map(({ source, help }) => {
    const value = source.kind === 'integer' ? z.number().int() : z.number();
    return [source.field, value.nullable().describe(help)] as const;
  }),
);

/** The values that a record has; null for those it does not have. */
export const metricsOfRecord = (record: ResultRecord): Record<MetricField, number | null> =>
  fromEntries(STORED_METRICS.map(({ source }) => [source.field, valueAt(record, source.record)] as const));

function valueAt(record: ResultRecord, source: StoredSource['record']): number | null {
  if (typeof source !== 'string') return source.valueOf(record);
  let value: unknown = record;
  for (const name of source.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof value === 'number' ? value : null;
}
