import { describe, expect, it } from 'vitest';
import {
  ageText,
  bytesText,
  dateTimeText,
  durationText,
  fileTimeText,
  metricText,
  numberText,
  percentText,
  shortName,
} from '../../../web/src/data/format.ts';
import { metricWords } from '../../../web/src/data/metric-words.ts';
import { METRIC_KEYS } from '../../../web/src/data/metrics.ts';
import { orderOf } from '../../../web/src/data/order.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { rowOf } from '../rows.ts';

describe('formatted values', () => {
  it('shows 100 % only if everything is done', () => {
    expect(percentText(999, 1000)).toBe('99 %');
    expect(percentText(1000, 1000)).toBe('100 %');
    expect(percentText(0, 0)).toBe('0 %');
  });

  it('converts file times to local time only if the file gives a time zone', () => {
    expect(fileTimeText('2026-11-26 21:09:10')).toBe('2026-11-26 21:09:10');
    expect(fileTimeText('2026-11-26T21:09:10.891Z')).toBe(dateTimeText('2026-11-26T21:09:10.891Z'));
    expect(fileTimeText('2026-11-26T21:09:10+01:00')).toBe(dateTimeText('2026-11-26T20:09:10Z'));
  });

  it('shows a value with its unit, and a dash if there is none', () => {
    expect(metricText('fitResolution', 3.456)).toBe('3.46 Å');
    expect(metricText('defocusU', null)).toBe('–');
    expect(numberText(Number.NaN, 1)).toBe('–');
  });

  it('has a label for every metric', () => {
    for (const key of METRIC_KEYS) expect(metricWords[key].label).not.toBe('');
  });

  it('writes durations in the most readable unit', () => {
    expect([4.21, 75, 600, 7320, 200_000].map(durationText)).toEqual([
      '4.2 s',
      '75 s',
      '10 min',
      '2 h 02 min',
      '2 d 7 h',
    ]);
    expect(durationText(null)).toBe('–');
  });

  it('shows the age of an event; an event in the future counts as just now', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    expect(ageText('2026-01-01T12:00:30Z', now)).toBe('just now');
    expect(ageText('2026-01-01T11:45:00Z', now)).toBe('15 min ago');
    expect(ageText('2025-12-25T12:00:00Z', now)).toBe('7 days ago');
  });

  it('shows sizes in decimal units', () => {
    expect([0, 999, 1500, 734_003_200].map(bytesText)).toEqual(['0 B', '999 B', '1.50 kB', '734.0 MB']);
  });

  it('keeps the distinguishing end of a long name', () => {
    expect(shortName('abcdefghij', 5)).toBe('…ghij');
    expect(shortName('abc', 5)).toBe('abc');
  });
});

describe('order of the table', () => {
  const store = new SeriesStore();
  store.apply([
    rowOf(1, { fitResolutionA: 5 }),
    rowOf(2, { fitResolutionA: null }),
    rowOf(3, { fitResolutionA: 3 }),
  ]);

  it('puts movies without a value last, ascending or descending', () => {
    expect(orderOf(store.series, { column: 'fitResolution', descending: false })).toEqual([2, 0, 1]);
    expect(orderOf(store.series, { column: 'fitResolution', descending: true })).toEqual([0, 2, 1]);
  });

  it('shows the newest movie first if sorted by number, descending', () => {
    expect(orderOf(store.series, { column: 'seq', descending: true })).toEqual([2, 1, 0]);
  });
});
