import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listBelow, makeFolderBelow, writeBelow, writeJsonBelow } from '../../src/base/below.ts';

const top = mkdtempSync(join(tmpdir(), 'base-files-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));
let number = 0;
const newDirectory = () => {
  const path = join(top, String(number++));
  mkdirSync(path);
  return path;
};

describe('an atomic write', () => {
  it('creates or replaces a file, and leaves no other file', async () => {
    const folder = newDirectory();
    const path = join(folder, 'a');
    await writeBelow(top, path, 'one');
    await writeBelow(top, path, Uint8Array.of(0x74, 0x77, 0x6f));
    expect(readFileSync(path, 'utf8')).toBe('two');
    await writeJsonBelow(top, path, { a: [1] });
    expect(readFileSync(path, 'utf8')).toBe('{"a":[1]}\n');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('that fails leaves the old file and no temporary file', async () => {
    const folder = newDirectory();
    const path = join(folder, 'taken');
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), 'old');
    await expect(writeBelow(top, path, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(folder)).toEqual(['taken']);
    expect(readFileSync(join(path, 'inside'), 'utf8')).toBe('old');
  });

  it('creates no directory', async () => {
    await expect(writeBelow(top, join(top, 'none', 'a'), '')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('never lets a reader see an incomplete file', async () => {
    const path = join(newDirectory(), 'a');
    const texts = ['x'.repeat(300_000), 'y'.repeat(300_000)];
    await writeBelow(top, path, texts[0] ?? '');
    const writes = Promise.all([...texts, ...texts].map((text) => writeBelow(top, path, text)));
    let isWriting = true;
    void writes.finally(() => {
      isWriting = false;
    });
    while (isWriting) {
      expect(texts).toContain(readFileSync(path, 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writes;
  });
});

describe('durable files and directories', () => {
  it('exist when the call resolves', async () => {
    const folder = join(newDirectory(), 'a', 'b');
    await makeFolderBelow(top, dirname(folder));
    await makeFolderBelow(top, folder);
    await makeFolderBelow(top, folder);
    await writeBelow(top, join(folder, 'c'), 'text');
    expect(readFileSync(join(folder, 'c'), 'utf8')).toBe('text');
  });

  it('can be created again, but not without their parents', async () => {
    const folder = newDirectory();
    await makeFolderBelow(top, join(folder, 'a'));
    await makeFolderBelow(top, join(folder, 'a'));
    expect(statSync(join(folder, 'a')).isDirectory()).toBe(true);
    await expect(makeFolderBelow(top, join(folder, 'b', 'c'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('listBelow', () => {
  it('returns the names in a directory, and none if there is no such directory', async () => {
    const folder = newDirectory();
    writeFileSync(join(folder, 'a'), '');
    expect(await listBelow(top, folder)).toEqual(['a']);
    expect(await listBelow(top, join(folder, 'none'))).toEqual([]);
    expect(await listBelow(top, join(folder, 'a'))).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('throws if the directory cannot be read', async () => {
    const folder = newDirectory();
    chmodSync(folder, 0);
    await expect(listBelow(top, folder)).rejects.toMatchObject({ code: 'EACCES' });
    chmodSync(folder, 0o700);
  });
});
