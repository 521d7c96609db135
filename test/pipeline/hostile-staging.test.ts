import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertSeparateFolders } from '../../src/pipeline/check-output-folders.ts';
import { cleanTemporary, Staging } from '../../src/pipeline/staging.ts';

let top: string;
let processed: string;
let decoy: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cryoem-hostile-'));
  processed = join(top, 'processed');
  decoy = join(top, 'elsewhere', 'c1-batch-001-0123456789ab', 'X', 'work', 'precious');
  mkdirSync(dirname(decoy), { recursive: true });
  mkdirSync(processed);
  writeFileSync(decoy, 'precious');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const otherFolder = () => join(top, 'elsewhere');
const isDecoyIntact = () => readFileSync(decoy, 'utf8') === 'precious';
const folders = () => ({ root: top, processed });
const RECORD = 'results/X.json';

/** An MRC header with this number of sections; a file with several sections is a movie. */
function mrc(sections: number): Buffer {
  const header = Buffer.alloc(1024);
  header.writeInt32LE(sections, 8);
  return header;
}

describe('Files that cleaning removes', () => {
  it('are never behind a link: if processed/.tmp is a link, its target loses nothing', async () => {
    symlinkSync(otherFolder(), join(processed, '.tmp'));
    await expect(cleanTemporary(folders(), () => false)).rejects.toMatchObject({ code: 'ELOOP' });
    expect(isDecoyIntact()).toBe(true);
  });

  it('are never behind a link: if processed itself is a link, its target loses nothing', async () => {
    rmSync(processed, { recursive: true });
    mkdirSync(join(otherFolder(), '.tmp'));
    writeFileSync(join(otherFolder(), '.tmp', 'c1-batch-001-0123456789ab'), 'precious');
    symlinkSync(otherFolder(), processed);
    await expect(cleanTemporary(folders(), () => false)).rejects.toMatchObject({ code: 'ELOOP' });
    expect(existsSync(join(otherFolder(), '.tmp', 'c1-batch-001-0123456789ab'))).toBe(true);
  });

  it('are never behind a link: if a link has the name of a batch folder, its target loses nothing', async () => {
    mkdirSync(join(processed, '.tmp'));
    symlinkSync(otherFolder(), join(processed, '.tmp', 'c1-batch-001-0123456789ab'));
    await cleanTemporary(folders(), () => false);
    expect(isDecoyIntact()).toBe(true);
  });

  it('include a link that a program left, but not its target', async () => {
    const staging = await Staging.open(folders(), 'token-1', 'X');
    symlinkSync(otherFolder(), join(staging.workDir, 'movies'));
    expect(await cleanTemporary(folders(), () => false)).toEqual(['token-1']);
    expect(isDecoyIntact()).toBe(true);
  });

  it('are only those of the service: files that a user has put into .tmp stay', async () => {
    const notes = join(processed, '.tmp', 'notes', 'of-a-user.txt');
    mkdirSync(dirname(notes), { recursive: true });
    writeFileSync(notes, 'precious');
    expect(await cleanTemporary(folders(), () => false)).toEqual([]);
    expect(readFileSync(notes, 'utf8')).toBe('precious');
  });

  it('have names that the service gives: a folder with another name stays, even if its content looks like a batch', async () => {
    const names = ['notes of a user', 'x'.repeat(65), 'naïve'];
    for (const name of names) mkdirSync(join(processed, '.tmp', name, 'X', 'work'), { recursive: true });
    expect(await cleanTemporary(folders(), () => false)).toEqual([]);
    expect(readdirSync(join(processed, '.tmp')).sort()).toEqual(names.sort());
  });
});

describe('Files that outputs replace', () => {
  it.each([['.tmp'], ['results']])('are never behind a link: %s', async (name) => {
    symlinkSync(otherFolder(), join(processed, name));
    const attempt = async () => {
      const staging = await Staging.open(folders(), 'c1-batch-001-0123456789ab', 'X');
      await staging.write('X.mrc', mrc(1));
      await staging.publish(RECORD, '{}');
    };
    await expect(attempt()).rejects.toMatchObject({ code: 'ELOOP' });
    expect(isDecoyIntact()).toBe(true);
    expect(existsSync(join(otherFolder(), 'X.json'))).toBe(false);
  });

  it('are never behind a link that replaced the staging folder while it was in use', async () => {
    const staging = await Staging.open(folders(), 'token-1', 'X');
    await staging.write('X.mrc', mrc(1));
    writeFileSync(join(otherFolder(), 'X.mrc'), 'precious');
    rmSync(staging.directory, { recursive: true });
    symlinkSync(otherFolder(), staging.directory);
    await expect(staging.publish(RECORD, '{}')).rejects.toMatchObject({ code: 'ELOOP' });
    await staging.discard();
    expect(isDecoyIntact()).toBe(true);
    expect(readFileSync(join(otherFolder(), 'X.mrc'), 'utf8')).toBe('precious');
  });

  it('are not written through a link in the staging folder', async () => {
    const staging = await Staging.open(folders(), 'token-1', 'X');
    symlinkSync(decoy, join(staging.directory, 'X.mrc'));
    await expect(staging.write('X.mrc', mrc(1))).rejects.toMatchObject({ code: 'ELOOP' });
    expect(isDecoyIntact()).toBe(true);
  });

  it('are not movies: an MRC file of several images with the name of a sum stays', async () => {
    writeFileSync(join(processed, 'X.mrc'), mrc(40));
    const staging = await Staging.open(folders(), 'token-1', 'X');
    await staging.write('X.mrc', mrc(1));
    await expect(staging.publish(RECORD, '{}')).rejects.toMatchObject({ code: 'NOT_OUR_FILE' });
    expect(readFileSync(join(processed, 'X.mrc')).readInt32LE(8)).toBe(40);
  });

  it('are only in processed: a path in an old record that leads to another folder removes nothing', async () => {
    const staging = await Staging.open(folders(), 'token-1', 'X');
    await staging.write('X.mrc', mrc(1));
    await staging.publish(RECORD, '{}', ['../elsewhere/c1-batch-001-0123456789ab/X/work/precious']);
    expect(isDecoyIntact()).toBe(true);
  });
});

describe('The folders of movies and of outputs', () => {
  it('are distinguished by device and inode, not by their names', async () => {
    const raw = join(top, 'raw');
    mkdirSync(join(raw, 'inner'), { recursive: true });
    await assertSeparateFolders(raw, [processed, join(top, 'workflow')]);
    symlinkSync(raw, join(top, 'linked'));
    symlinkSync(processed, join(top, 'raw-is-processed'));
    const refusal = { code: 'UNSAFE_DIRECTORY' };
    await expect(assertSeparateFolders(raw, [join(top, 'linked')])).rejects.toMatchObject(refusal);
    await expect(assertSeparateFolders(raw, [join(raw, 'inner')])).rejects.toMatchObject(refusal);
    await expect(assertSeparateFolders(raw, [raw])).rejects.toMatchObject(refusal);
    await expect(assertSeparateFolders(join(top, 'raw-is-processed'), [processed])).rejects.toMatchObject(
      refusal,
    );
    await expect(assertSeparateFolders(join(raw, 'inner'), [raw])).rejects.toMatchObject(refusal);
  });
});
