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

/** With an access time before the modification time, Linux updates the access time at the next read. */
const resetAccessTime = (path: string): void => utimesSync(path, NEVER_READ, WRITTEN);
const wasRead = (path: string): boolean => lstatSync(path).atimeMs !== NEVER_READ.getTime();

/** Whether the file system of temporary files keeps access times (it may be mounted with noatime). */
export const DETECTS_READS = keepsAccessTimes();

/** For titles of tests: the operations that decoys detect on this file system. */
export const DETECTED_OPERATIONS = DETECTS_READS
  ? 'read, written or deleted'
  : 'written or deleted [reads are not checked: this file system keeps no access times]';

function keepsAccessTimes(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'cryoem-atime-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, 'text');
    resetAccessTime(file);
    readFileSync(file);
    return wasRead(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Creates an entry, such as a movie, at a path. */
export type Maker = (path: string) => void;

/**
 * A folder outside the sessions, with the file names that the service uses, so that a service that followed a
 * link to it would use its files. Detects what is read (including listings of folders), written, renamed or
 * deleted in it.
 */
export class Decoy {
  readonly path: string;
  private readonly folders: readonly string[];
  private readonly initialState: string;

  /** @param entries - contents of files, or functions that create entries, by path below `path` */
  constructor(path: string, entries: Readonly<Record<string, string | Maker>>) {
    this.path = path;
    for (const [name, entry] of Object.entries(entries)) {
      mkdirSync(dirname(this.at(name)), { recursive: true });
      if (typeof entry === 'string') writeFileSync(this.at(name), entry);
      else entry(this.at(name));
    }
    this.folders = [path, ...this.entries().filter((entry) => lstatSync(entry).isDirectory())];
    for (const entry of this.entries()) resetAccessTime(entry);
    this.initialState = this.state();
    for (const folder of this.folders) resetAccessTime(folder);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** Reads and changes since the decoy was created. */
  accesses(): string[] {
    const listedFolders = this.folders.filter((folder) => DETECTS_READS && exists(folder) && wasRead(folder));
    const readFiles = this.files().filter((file) => DETECTS_READS && wasRead(file));
    const reads = [
      ...listedFolders.map((folder) => `listed: ${folder}`),
      ...readFiles.map((file) => `read: ${file}`),
    ];
    const state = this.state();
    return state === this.initialState ? reads : [...reads, `changed: ${state} was ${this.initialState}`];
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

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const SWAPS = 400;
const SWAP_MS = 7;

/** Replaces a folder by a link to another one and back, many times; at the end, the folder is in place. */
export async function keepSwapping(path: string, target: string): Promise<void> {
  for (let i = 0; i < SWAPS; i++) {
    swap(path, target);
    await new Promise((resolve) => setTimeout(resolve, SWAP_MS));
  }
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) swap(path, target);
}

/** Replaces a folder by a link to another one, or the link by the folder again. */
function swap(path: string, target: string): void {
  const movedPath = `${path}.aside`;
  try {
    if (lstatSync(path).isSymbolicLink()) {
      unlinkSync(path);
      renameSync(movedPath, path);
    } else {
      rmSync(movedPath, { recursive: true, force: true });
      renameSync(path, movedPath);
      symlinkSync(target, path);
    }
  } catch {
    // The service created, moved or removed the folder at the same moment.
  }
}
