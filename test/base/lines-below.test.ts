import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { MAX_TEXT_BYTES, readBelow } from '../../src/base/below.ts';
import { type LineLimits, readLinesBelow } from '../../src/base/lines-below.ts';

const top = mkdtempSync(join(tmpdir(), 'base-lines-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
const path = join(top, 'lines');

async function linesOf(limits: Partial<LineLimits> = {}): Promise<(string | null)[]> {
  const lines: (string | null)[] = [];
  const all = { maxFileBytes: 2 ** 24, maxLineBytes: 2 ** 24, ...limits };
  await readLinesBelow(top, path, all, (line) => lines.push(line));
  return lines;
}

describe('lines of a file', () => {
  test('are those of its text, without empty ones, wherever the chunks end', async () => {
    const piece = fc.constantFrom('a', 'é', '\n', '\n\n', 'x'.repeat(300_000), '{"b":1}');
    const texts = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        writeFileSync(path, text);
        expect(await linesOf()).toEqual(text.split('\n').filter((line) => line !== ''));
      }),
      { numRuns: 60 },
    );
  });

  test('that are too long are reported, and the others are read', async () => {
    writeFileSync(path, `a\n${'b'.repeat(600_000)}\nc`);
    expect(await linesOf({ maxLineBytes: 1000 })).toEqual(['a', null, 'c']);
  });

  test('do not exist without a file', async () => {
    rmSync(path, { force: true });
    expect(await linesOf()).toEqual([]);
  });
});

test('a file that is too large is refused, even if it is sparse and needs little space', async () => {
  writeFileSync(path, 'a');
  truncateSync(path, MAX_TEXT_BYTES);
  expect((await readBelow(top, path))?.length).toBe(MAX_TEXT_BYTES);
  appendFileSync(path, 'b');
  await expect(readBelow(top, path)).rejects.toThrow(`${path} is larger than 64 MiB.`);
  await expect(linesOf()).rejects.toThrow('larger than 16 MiB');
});
