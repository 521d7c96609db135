import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Criteria, NO_CRITERIA, withLimit } from '../../../web/src/data/criteria.ts';
import { criteriaForUrl, parseCriteria } from '../../../web/src/data/criteria-address.ts';
import { criteriaWords } from '../../../web/src/data/criteria-words.ts';
import { METRIC_KEYS, type MetricKey } from '../../../web/src/data/metrics.ts';
import { select, selectedBases } from '../../../web/src/data/selection.ts';
import { SeriesStore } from '../../../web/src/data/series-store.ts';
import { exportSelection } from '../../../web/src/session/selection-export.ts';
import { SelectionModel } from '../../../web/src/state/selection-model.ts';
import { rowOf } from '../rows.ts';

/**
 * Movies 1 to 5 with an astigmatism of 2 * seq and a fit resolution of 4 + seq / 10; movie 3 has no
 * resolution.
 */
const store = new SeriesStore();
store.apply([1, 2, 3, 4, 5].map((seq) => rowOf(seq, { fitResolutionA: seq === 3 ? null : 4 + seq / 10 })));
const selectedNumbers = (criteria: Criteria, picked: string[] = []) => {
  const selection = select(store.series, criteria, new Set(picked));
  return (
    selection && selectedBases(store.series, selection).map((base) => Number(base.slice('movie_'.length)))
  );
};
const limit = (key: MetricKey, low?: number, high?: number, criteria = NO_CRITERIA) =>
  withLimit(criteria, key, {
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
  });

describe('select', () => {
  it('is null without criteria, rather than a selection of all movies', () => {
    expect(select(store.series, NO_CRITERIA, new Set())).toBeNull();
  });

  it('selects movies within all limits, inclusive; movies without the value are outside', () => {
    expect(selectedNumbers(limit('fitResolution', undefined, 4.4))).toEqual([1, 2, 4]);
    expect(
      selectedNumbers(limit('astigmatism', 4, undefined, limit('fitResolution', undefined, 4.4))),
    ).toEqual([2, 4]);
  });

  it('selects all movies outside the limits if requested, including those without a value', () => {
    expect(selectedNumbers({ ...limit('fitResolution', undefined, 4.4), limitMode: 'beyond' })).toEqual([
      3, 5,
    ]);
  });

  it('selects the movies in the box that are within the limits', () => {
    const box = { x: 'seq', y: 'astigmatism', x0: 1.5, x1: 4.5, y0: 0, y1: 7 } as const;
    expect(selectedNumbers({ ...NO_CRITERIA, box })).toEqual([2, 3]);
    expect(selectedNumbers({ ...limit('fitResolution', 4), box })).toEqual([2]);
  });

  it('inverts the selection of manually picked movies', () => {
    expect(selectedNumbers(NO_CRITERIA, ['movie_2', 'movie_99'])).toEqual([2]);
    expect(selectedNumbers(limit('astigmatism', undefined, 4), ['movie_2', 'movie_5'])).toEqual([1, 5]);
  });
});

describe('criteria', () => {
  it('survive a round trip through the URL', () => {
    const value = fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((v) => Number(v.toPrecision(5)));
    const side = fc.option(value, { nil: undefined });
    const axis = fc.constantFrom('seq' as const, ...METRIC_KEYS);
    const box = fc.record({ x: axis, y: axis, x0: value, x1: value, y0: value, y1: value });
    const limits = fc.array(fc.tuple(fc.constantFrom(...METRIC_KEYS), side, side), { maxLength: 4 });
    fc.assert(
      fc.property(limits, fc.boolean(), fc.option(box), (limitList, isBeyond, brushBox) => {
        const withLimits = limitList.reduce(
          (all, [key, low, high]) => limit(key, low, high, all),
          NO_CRITERIA,
        );
        const criteria: Criteria = {
          ...withLimits,
          limitMode: isBeyond ? 'beyond' : 'within',
          box: brushBox,
        };
        const text = criteriaForUrl(criteria);
        if (text === undefined) expect(criteria).toMatchObject({ limits: {}, box: null });
        else expect(parseCriteria(text)).toEqual(JSON.parse(JSON.stringify(criteria)));
      }),
    );
  });

  it.each(['', 'x', 'box_seq', 'box_a_b_1_2_3_4', 'fitResolution', 'fitResolution_a_b', '__proto___1_2'])(
    'are not read from an invalid text: %j',
    (text) => expect(parseCriteria(text)).toEqual(NO_CRITERIA),
  );

  it('are described as text with units', () => {
    const criteria = limit('fitResolution', undefined, 8, limit('defocus', 0.5, 2));
    expect(criteriaWords(criteria)).toBe('Defocus 0.5–2 µm, Fit resolution ≤ 8 Å');
    expect(criteriaWords({ ...criteria, limitMode: 'beyond' })).toBe(
      'not (Defocus 0.5–2 µm, Fit resolution ≤ 8 Å)',
    );
    const box = { x: 'seq', y: 'seconds', x0: 1.2, x1: 7.7, y0: 3, y1: 4 } as const;
    expect(criteriaWords({ ...NO_CRITERIA, box })).toBe(
      'box selection: movie number 2–7, Time per movie 3–4 s',
    );
  });
});

describe('SelectionModel', () => {
  it('is updated with new movies, and drops manual picks when the criteria change', () => {
    const movies = new SeriesStore();
    const model = new SelectionModel(() => movies.series);
    movies.apply([rowOf(1), rowOf(2)]);
    model.toggle('movie_2');
    expect(model.current.get()?.count).toBe(1);
    model.set(limit('astigmatism', undefined, 100));
    expect(model.current.get()?.count).toBe(2);
    movies.apply([rowOf(3)]);
    model.refresh();
    expect(model.current.get()?.count).toBe(3);
    model.clear();
    expect(model.current.get()).toBeNull();
  });
});

describe('export', () => {
  const selection = select(store.series, limit('astigmatism', 4, 6), new Set())!;
  const info = { session: 'a', criteria: 'b' };

  it('writes CSV with units, one line per movie, and empty fields for missing values', () => {
    const lines = exportSelection(store.series, selection, 'csv', info).split('\r\n');
    expect(lines).toHaveLength(4);
    const head = lines[0]!.split(',');
    expect(head).toContain('Fit resolution (Å)');
    const third = lines[2]!.split(',');
    expect(third[0]).toBe('movie_3');
    expect(third[head.indexOf('Fit resolution (Å)')]).toBe('');
    expect(third[head.indexOf('Astigmatism (Å)')]).toBe('6');
  });

  it.each(['=1+1', '+1', '-2', '@SUM(A1)', '\t=1', '\r=1', ' =1', '"=1', '=HYPERLINK("http://x","y")'])(
    'writes the name %j as text that a spreadsheet does not evaluate',
    (base) => {
      const movies = new SeriesStore();
      movies.apply([{ ...rowOf(1), base }]);
      const single = select(movies.series, limit('astigmatism', undefined, 1000), new Set())!;
      const line = exportSelection(movies.series, single, 'csv', info)
        .slice(0, -2)
        .split(/\r\n/)
        .slice(1)
        .join('\r\n');
      expect(line.replace(/^"/, '')).toMatch(/^'/);
      expect(line.startsWith(`'${base},`) || line.startsWith(`"'${base.replaceAll('"', '""')}",`)).toBe(true);
    },
  );

  it('writes JSON with units, criteria and verdicts', () => {
    store.setVerdict(['movie_2'], 'rejected');
    const { movies, units, criteria } = JSON.parse(exportSelection(store.series, selection, 'json', info));
    expect(criteria).toBe('b');
    expect(units.defocus).toBe('µm');
    expect(movies.map((movie: { base: string; verdict: string }) => [movie.base, movie.verdict])).toEqual([
      ['movie_2', 'rejected'],
      ['movie_3', null],
    ]);
    expect(movies[0].defocus).toBe(1);
  });
});
