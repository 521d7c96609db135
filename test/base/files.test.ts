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
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFileAtomic, writeJsonAtomic } from '../../src/base/atomic-file.ts';
import { makeDirectory, makeOneDirectory, syncDirectory, writeDurably } from '../../src/base/durable-file.ts';
import { listNames } from '../../src/base/list-names.ts';

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
    await writeFileAtomic(path, 'one');
    await writeFileAtomic(path, Uint8Array.of(0x74, 0x77, 0x6f));
    expect(readFileSync(path, 'utf8')).toBe('two');
    await writeJsonAtomic(path, { a: [1] });
    expect(readFileSync(path, 'utf8')).toBe('{"a":[1]}\n');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('that fails leaves the old file and no temporary file', async () => {
    const folder = newDirectory();
    const path = join(folder, 'taken');
    mkdirSync(path);
    writeFileSync(join(path, 'inside'), 'old');
    await expect(writeFileAtomic(path, 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(folder)).toEqual(['taken']);
    expect(readFileSync(join(path, 'inside'), 'utf8')).toBe('old');
  });

  it('does not create a directory', async () => {
    await expect(writeFileAtomic(join(top, 'none', 'a'), '')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('never lets a reader see an incomplete file', async () => {
    const path = join(newDirectory(), 'a');
    const texts = ['x'.repeat(300_000), 'y'.repeat(300_000)];
    await writeFileAtomic(path, texts[0] ?? '');
    const writes = Promise.all([...texts, ...texts].map((text) => writeFileAtomic(path, text)));
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
    await makeDirectory(folder);
    await makeDirectory(folder);
    await writeDurably(join(folder, 'c'), 'text');
    await syncDirectory(folder);
    expect(readFileSync(join(folder, 'c'), 'utf8')).toBe('text');
  });

  it('can be created without their parents', async () => {
    const folder = newDirectory();
    await makeOneDirectory(join(folder, 'a'));
    await makeOneDirectory(join(folder, 'a'));
    expect(statSync(join(folder, 'a')).isDirectory()).toBe(true);
    await expect(makeOneDirectory(join(folder, 'b', 'c'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('listNames', () => {
  it('returns the names in a directory, and none if there is no such directory', async () => {
    const folder = newDirectory();
    writeFileSync(join(folder, 'a'), '');
    expect(await listNames(folder)).toEqual(['a']);
    expect(await listNames(join(folder, 'none'))).toEqual([]);
    expect(await listNames(join(folder, 'a'))).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('throws if the directory cannot be read', async () => {
    const folder = newDirectory();
    chmodSync(folder, 0);
    await expect(listNames(folder)).rejects.toMatchObject({ code: 'EACCES' });
    chmodSync(folder, 0o700);
  });
});
