import { pino } from 'pino';
import { expect, test } from 'vitest';
import { UnusableFolders } from '../../../src/sessions/loading/unusable-folders.ts';

const FOLDER = {
  path: '/data/p/sessions/u/with space',
  reason: 'name',
  key: { project: 'p', user: 'u', session: 'with space' },
} as const;

test('an unusable folder is logged once, with the remedy, and again if it reappears', () => {
  const lines: string[] = [];
  const folders = new UnusableFolders(pino({}, { write: (line: string) => void lines.push(line) }));
  folders.apply([FOLDER]);
  folders.apply([FOLDER]);
  expect(lines).toEqual([
    expect.stringMatching(/\/data\/p\/sessions\/u\/with space\b.*rename it.*letters, digits/),
  ]);
  folders.apply([]);
  folders.apply([FOLDER]);
  expect(lines).toHaveLength(2);
});
