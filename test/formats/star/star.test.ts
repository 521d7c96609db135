import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStar } from '../../../src/formats/star/parse.ts';
import { StarError } from '../../../src/formats/star/tokens.ts';
import { formatStar, formatStarNumber } from '../../../src/formats/star/write.ts';

describe('writing STAR', () => {
  it('writes a loop as RELION does', () => {
    const text = formatStar([
      { name: 'optics', columns: ['rlnOpticsGroupName', 'rlnVoltage'], rows: [['opticsGroup1', 300]] },
    ]);
    expect(text.split('\n')).toEqual([
      '',
      '# version 30001',
      '',
      'data_optics',
      '',
      'loop_',
      '_rlnOpticsGroupName #1',
      '_rlnVoltage #2',
      'opticsGroup1  300',
      '',
      '',
    ]);
  });

  it('writes single values in a block', () => {
    const text = formatStar([
      {
        name: 'general',
        pairs: [
          ['rlnVoltage', 300],
          ['rlnMicrographBinning', 1.5],
        ],
      },
    ]);
    expect(text).toContain('_rlnVoltage            300\n_rlnMicrographBinning  1.500000\n');
  });

  it('quotes text that would otherwise be parsed as something else', () => {
    const values = ['two words', '', '_label', 'data_x', '#no', `it's one`, `a" b`];
    const text = formatStar([{ name: 'x', columns: ['a'], rows: values.map((value) => [value]) }]);
    expect(parseStar(text)[0]!.rows.map(([value]) => value)).toEqual(values);
  });

  it('keeps the precision of small and large numbers', () => {
    expect([1, -2.5, 1e-7, 123456789012, 0.1 + 0.2].map(formatStarNumber)).toEqual([
      '1',
      '-2.500000',
      '1.000000e-7',
      '123456789012',
      '0.300000',
    ]);
    expect(() => formatStarNumber(Number.NaN)).toThrow(RangeError);
  });

  it('refuses a row of the wrong length and text with several lines', () => {
    expect(() => formatStar([{ name: 'x', columns: ['a', 'b'], rows: [[1]] }])).toThrow(RangeError);
    expect(() => formatStar([{ name: 'x', pairs: [['a', 'one\ntwo']] }])).toThrow(RangeError);
  });
});

describe('reading STAR', () => {
  it('reads back any text that can be written', () => {
    const text = fc.string({ maxLength: 20 }).filter((value) => !/[\r\n\u2028\u2029]|["'](\s|$)/.test(value));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (rows) => {
        const [block] = parseStar(formatStar([{ name: 'x', columns: ['a', 'b'], rows }]));
        expect(block!.rows).toEqual(rows);
      }),
    );
  });

  it('reads comments, several blocks and text between semicolons', () => {
    const blocks = parseStar(
      '# c\ndata_a\n_x 1 # one\n_y\n;two\nlines\n;\ndata_b\nloop_\n_p #1\n_q #2\n1 2\n3 4\n',
    );
    expect(blocks[0]!.pairs).toEqual(
      new Map([
        ['x', '1'],
        ['y', 'two\nlines'],
      ]),
    );
    expect(blocks[1]).toMatchObject({
      name: 'b',
      columns: ['p', 'q'],
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
    });
  });

  it('names the line of an error', () => {
    for (const [text, line] of [
      ['x 1', 1],
      ['data_\nloop_\n_a\n_b\n1 2 3', 5],
      ["data_\n_a 'open", 2],
    ] as const)
      expect(() => parseStar(text)).toThrow(expect.objectContaining({ name: StarError.name, line }));
  });
});
