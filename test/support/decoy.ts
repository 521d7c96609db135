import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const NEVER_READ = new Date(1_000_000);
const WRITTEN = new Date(2_000_000);

/** Linux updates the time of access where it is not newer than that of the change. */
const forgetReading = (path: string): void => utimesSync(path, NEVER_READ, WRITTEN);
const wasRead = (path: string): boolean => lstatSync(path).atimeMs !== NEVER_READ.getTime();

/** Whether the file system of temporary files keeps times of access (it may be mounted with noatime). */
export const SEES_READS = probe();

/** For titles: what decoys notice here. */
export const NOTICED = SEES_READS
  ? 'read, written or deleted'
  : 'written or deleted [reads are not checked: this file system keeps no times of access]';

function probe(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'cryoem-atime-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, 'text');
    forgetReading(file);
    readFileSync(file);
    return wasRead(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Makes an entry, such as a movie, at a path. */
export type Maker = (path: string) => void;

/**
 * A folder that is not the service's. Its names are those that the service uses, so that a followed link
 * would find them. Notices what is read (also listings of its folders), written, renamed and deleted in it.
 */
export class Decoy {
  readonly path: string;
  private readonly folders: readonly string[];
  private readonly before: string;

  /** @param entries - texts, or functions that make them, by path below `path` */
  constructor(path: string, entries: Readonly<Record<string, string | Maker>>) {
    this.path = path;
    for (const [name, entry] of Object.entries(entries)) {
      mkdirSync(dirname(this.at(name)), { recursive: true });
      if (typeof entry === 'string') writeFileSync(this.at(name), entry);
      else entry(this.at(name));
    }
    this.folders = [path, ...this.entries().filter((entry) => lstatSync(entry).isDirectory())];
    for (const entry of this.entries()) forgetReading(entry);
    this.before = this.state();
    for (const folder of this.folders) forgetReading(folder);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** What happened to it since it was made. */
  damage(): string[] {
    const listed = this.folders.filter((folder) => SEES_READS && isThere(folder) && wasRead(folder));
    const read = this.files().filter((file) => SEES_READS && wasRead(file));
    const damage = [...listed.map((folder) => `listed: ${folder}`), ...read.map((file) => `read: ${file}`)];
    const state = this.state();
    return state === this.before ? damage : [...damage, `changed: ${state} was ${this.before}`];
  }

  private entries(): string[] {
    return readdirSync(this.path, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  }

  private files(): string[] {
    return this.entries().filter((entry) => !lstatSync(entry).isDirectory());
  }

  private state(): string {
    return this.entries()
      .map((entry) => {
        const status = lstatSync(entry);
        const { mode, mtimeMs, ino } = status;
        if (!status.isFile()) return [entry, mode, ino].join(' ');
        const hash = createHash('sha1').update(readFileSync(entry)).digest('hex');
        utimesSync(entry, status.atime, status.mtime);
        return [entry, mode, mtimeMs, ino, hash].join(' ');
      })
      .join('\n');
  }
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const SWAPS = 400;
const SWAP_MS = 7;

/** Replaces a folder by a link to another one and back, many times; at the end the folder is there. */
export async function keepSwapping(place: string, to: string): Promise<void> {
  for (let i = 0; i < SWAPS; i++) {
    swap(place, to);
    await new Promise((resolve) => setTimeout(resolve, SWAP_MS));
  }
  if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) swap(place, to);
}

/** Replaces a folder by a link to another one, or the link by the folder again. */
function swap(place: string, to: string): void {
  const aside = `${place}.aside`;
  try {
    if (lstatSync(place).isSymbolicLink()) {
      unlinkSync(place);
      renameSync(aside, place);
    } else {
      rmSync(aside, { recursive: true, force: true });
      renameSync(place, aside);
      symlinkSync(to, place);
    }
  } catch {
    // The service made, moved or removed it at the same moment.
  }
}
