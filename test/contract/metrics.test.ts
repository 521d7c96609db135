import { describe, expect, it } from 'vitest';
import { movieRowSchema } from '../../src/contract/api.ts';
import { METRICS, type MetricDeclaration } from '../../src/contract/metrics.ts';
import {
  COLUMN_KEYS,
  columnsOfMetric,
  PAGE_METRICS,
  STORED_METRICS,
} from '../../src/contract/stored-metrics.ts';

const TABLE: readonly MetricDeclaration[] = METRICS;
const FIELDS = STORED_METRICS.map(({ source }) => source.field);
const duplicatesIn = (names: readonly string[]) => names.filter((name, i) => names.indexOf(name) !== i);

describe('the table of metrics', () => {
  it('gives each metric a unique key and field', () => {
    expect(duplicatesIn(TABLE.map(({ key }) => key))).toEqual([]);
    expect(duplicatesIn(FIELDS)).toEqual([]);
    for (const field of FIELDS) expect(field).toMatch(/^[a-z][A-Za-z0-9]*$/);
  });

  it('derives metrics of the page only from columns that exist', () => {
    for (const metric of PAGE_METRICS) {
      const expected = 'meanOf' in metric.source ? metric.source.meanOf.length : 1;
      expect(columnsOfMetric(metric)).toHaveLength(expected);
    }
  });

  it('draws a metric in the plot of another metric only if the other metric has a plot', () => {
    const plots = TABLE.filter(({ plot }) => 'startsAtZero' in plot).map(({ key }) => key);
    for (const { plot } of TABLE) if ('drawnWith' in plot) expect(plots).toContain(plot.drawnWith);
  });

  it('keeps the binary columns and the API names of earlier versions', () => {
    expect(COLUMN_KEYS).toEqual(
      expect.arrayContaining([
        'defocusUA',
        'defocusVA',
        'astigmatismA',
        'fitResolutionA',
        'confidence',
        'iceRingScore',
        'motionTotalA',
        'motionEarlyA',
        'motionLateA',
        'meanIntensity',
        'seconds',
      ]),
    );
    expect(Object.keys(movieRowSchema.shape)).toEqual(
      expect.arrayContaining([
        'seq',
        'base',
        'path',
        'state',
        'attempt',
        'finishedAt',
        'hasPictures',
        'errorCode',
        'errorMessage',
        'retryAt',
        'verdict',
        'comment',
        'astigmatismAngleDeg',
        ...COLUMN_KEYS,
      ]),
    );
  });
});
