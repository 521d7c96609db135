import { expect, test } from 'vitest';
import { UnservedFolders } from '../../../src/sessions/loading/unserved-folders.ts';

const FOLDER = {
  path: '/data/p/sessions/u/with space',
  reason: 'name',
  key: { project: 'p', user: 'u', session: 'with space' },
} as const;

test('a folder that is not served is in the log once, with what to do, and again if it comes back', () => {
  const lines: string[] = [];
  const ignore = () => undefined;
  const warn = (_: unknown, text: string) => void lines.push(text);
  const folders = new UnservedFolders({ debug: ignore, info: ignore, warn, error: ignore });
  folders.apply([FOLDER]);
  folders.apply([FOLDER]);
  expect(lines).toEqual([
    expect.stringMatching(/^not served: \/data\/p\/sessions\/u\/with space\. .*rename it.*letters, digits/),
  ]);
  folders.apply([]);
  folders.apply([FOLDER]);
  expect(lines).toHaveLength(2);
});
