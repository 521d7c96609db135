import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJsonBelow, tryReadJsonBelow } from '../../src/base/below.ts';
import { parseJson, parseJsonAs, tryParseJsonAs } from '../../src/base/json.ts';
import { findJsonSyntaxError } from '../../src/base/json-syntax.ts';
import { LocatedError } from '../../src/base/located-error.ts';

const schema = z.object({ movies: z.array(z.object({ base: z.string() })) });
const errorOf = (action: () => unknown): LocatedError => {
  try {
    action();
  } catch (error) {
    if (error instanceof LocatedError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
};

describe('a text that is not JSON', () => {
  it.each([
    ['{\n "a": 1,\n "b": x\n}', { line: 3, column: 7, expected: 'value', found: '"x"' }],
    ['{"a": 1', { line: 1, column: 8, expected: ', or }', found: 'the end' }],
    ['', { line: 1, column: 1, expected: 'value', found: 'the end' }],
    ['[1, 2,]', { line: 1, column: 7, expected: 'value', found: '"]"' }],
    ['[1] 2', { line: 1, column: 5, expected: 'end', found: '"2"' }],
    ['{"a" 1}', { line: 1, column: 6, expected: ':', found: '"1}"' }],
    ["{'a': 1}", { line: 1, column: 2, expected: 'key or }', found: '"\'a\': 1}"' }],
    ['["open]', { line: 1, column: 2, expected: 'value or ]', found: '"\\"open]"' }],
    ['01', { line: 1, column: 2, expected: 'end', found: '"1"' }],
  ])('%j is reported with the line and column of the syntax error', (text, position) => {
    const { location, message } = errorOf(() => parseJson(text, 'a.json'));
    expect(location).toEqual({ source: 'a.json', ...position });
    expect(message).toContain(`a.json:${position.line}:${position.column}: not valid JSON (expected`);
  });

  it('is an error if and only if JSON.parse throws one', () => {
    const pieces = fc.constantFrom(...'{}[]:,"\\ue1-+. \ntx'.split(''), '"a"', 'true', 'null', '12');
    const texts = fc.oneof(
      fc.json(),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(findJsonSyntaxError(text) === null).toBe(isJson);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('JSON with a schema', () => {
  it('is parsed to its value if it matches', () => {
    expect(parseJsonAs('{"movies":[{"base":"a"}]}', schema, 'x')).toEqual({ movies: [{ base: 'a' }] });
  });

  it('causes an error with the path of the value and what was found if it does not match', () => {
    const { location, message } = errorOf(() => parseJsonAs('{"movies":[{"base":7}]}', schema, 'x.json'));
    expect(location).toMatchObject({ source: 'x.json', path: 'movies[0].base', found: '7' });
    expect(message).toMatch(/^x\.json at movies\[0\]\.base: .*\(found 7\)$/);
    expect(errorOf(() => parseJsonAs('[]', schema, 'x')).location.path).toBeUndefined();
  });

  it('is treated as missing (null) if it is damaged or does not match', () => {
    expect(tryParseJsonAs('{"movies":[]}', schema)).toEqual({ movies: [] });
    expect(tryParseJsonAs('{"movies":', schema)).toBeNull();
    expect(tryParseJsonAs('{}', schema)).toBeNull();
  });
});

describe('a JSON file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'base-json-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is null if there is none', async () => {
    expect(await readJsonBelow(folder, join(folder, 'none'), schema)).toBeNull();
    expect(await tryReadJsonBelow(folder, join(folder, 'none'), schema)).toBeNull();
  });

  it('that is damaged is named in the error, or counts as missing', async () => {
    const path = join(folder, 'damaged.json');
    writeFileSync(path, '{"movies": [');
    await expect(readJsonBelow(folder, path, schema)).rejects.toThrow(`${path}:1:13: not valid JSON`);
    expect(await tryReadJsonBelow(folder, path, schema)).toBeNull();
  });
});
