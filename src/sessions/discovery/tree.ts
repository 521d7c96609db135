import { type Dirent, readdirSync, realpathSync as realpath, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf, hasErrorCode } from '../../base/errors.ts';
import { isMissingFile } from '../../base/missing-file.ts';
import { isInside } from '../../base/real-path.ts';

const realpathSync = realpath.native;

/**
 * For this time after a directory's mtime has changed, its listing may be outdated, because mtimes have a
 * coarse resolution.
 */
const TIME_GRAIN_MS = 3000;
/** A directory that changed within this time is listed in every quick scan. */
const LIVE_DIRECTORY_MS = 60_000;

/** Folders next to raw in a session; files in them are never movies. */
const OUTPUT_FOLDERS = ['processed', 'workflow'];

interface Directory {
  mtimeMs: number;
  /** Until this time, the directory is listed in every scan. */
  uncertainUntilMs: number;
  /** Until this time, the directory is included in quick scans. */
  liveUntilMs: number;
  files: Set<string>;
  folders: Set<string>;
}

export interface TreeListener {
  /** @param path - relative to the top, with forward slashes */
  found(path: string, fileName: string): void;
  gone(path: string): void;
}

/**
 * Keeps the listing of a directory tree up to date by scanning it, synchronously, because file system
 * notifications do not report what other hosts write. A directory whose time has not changed is only listed
 * again in a `full` scan. All times are monotonic.
 */
export class Tree {
  readonly warnings = new Set<string>();
  private readonly directories = new Map<string, Directory>();
  private isFirstScan = true;
  private readonly top: string;
  /** Links may point into this directory, but not into `top`, which is listed anyway. */
  private readonly boundary: string;
  private readonly listener: TreeListener;

  constructor(top: string, boundary: string, listener: TreeListener) {
    this.top = top;
    this.boundary = boundary;
    this.listener = listener;
  }

  /**
   * @param how - `quick`: check only directories that changed recently; `all`: list directories whose time
   * has changed; `full`: list all
   * @returns why the top cannot be read, in which case the listing is unchanged; null if it can
   */
  scan(nowMs: number, how: 'quick' | 'all' | 'full'): string | null {
    const fault = this.topFault(how !== 'quick');
    if (fault) return fault;
    if (!this.directories.has('')) this.add('');
    for (const [path, directory] of this.directories) {
      if (how === 'quick' && nowMs > directory.liveUntilMs) continue;
      this.listIfDue(path, directory, nowMs, how === 'full');
    }
    this.isFirstScan = false;
    return null;
  }

  /** @param thorough - also resolve links, which takes a system call for each folder of the path */
  private topFault(thorough: boolean): string | null {
    try {
      if (!statSync(this.top).isDirectory()) return 'raw is not a directory';
      const isWithin = !thorough || isInside(realpathSync(this.boundary), realpathSync(this.top));
      if (!isWithin) return 'raw is a symbolic link that points outside the session';
      return thorough && this.isOutput(realpathSync(this.top)) ? 'raw is a link to the outputs' : null;
    } catch (error) {
      return `raw cannot be read (${errorCodeOf(error)})`;
    }
  }

  private add(path: string): void {
    this.directories.set(path, {
      mtimeMs: Number.NaN,
      uncertainUntilMs: Number.NEGATIVE_INFINITY,
      liveUntilMs: Number.POSITIVE_INFINITY,
      files: new Set(),
      folders: new Set(),
    });
  }

  private listIfDue(path: string, directory: Directory, nowMs: number, full: boolean): void {
    const absolute = join(this.top, path);
    try {
      const { mtimeMs } = statSync(absolute);
      if (mtimeMs !== directory.mtimeMs) {
        directory.mtimeMs = mtimeMs;
        directory.uncertainUntilMs = nowMs + TIME_GRAIN_MS;
        // Directories found by the first scan may be years old: the next scan shows which of them change.
        directory.liveUntilMs = nowMs + (this.isFirstScan ? TIME_GRAIN_MS : LIVE_DIRECTORY_MS);
      }
      if (!full && nowMs > directory.uncertainUntilMs) return;
      this.relist(path, directory, readdirSync(absolute, { withFileTypes: true }));
    } catch (error) {
      if (isMissingFile(error)) this.remove(path);
      else this.warnings.add(`${path || 'raw'} cannot be read (${errorCodeOf(error)})`);
    }
  }

  private relist(path: string, directory: Directory, entries: readonly Dirent[]): void {
    const { files, folders } = this.filesAndFolders(path, entries);
    const pathOf = (name: string) => (path === '' ? name : `${path}/${name}`);
    for (const name of directory.files) if (!files.has(name)) this.listener.gone(pathOf(name));
    for (const name of directory.folders) if (!folders.has(name)) this.remove(pathOf(name));
    for (const name of files) if (!directory.files.has(name)) this.listener.found(pathOf(name), name);
    for (const name of folders) if (!this.directories.has(pathOf(name))) this.add(pathOf(name));
    directory.files = files;
    directory.folders = folders;
  }

  private filesAndFolders(path: string, entries: readonly Dirent[]): Pick<Directory, 'files' | 'folders'> {
    const files = new Set<string>();
    const folders = new Set<string>();
    for (const entry of entries) {
      if (entry.isDirectory()) folders.add(entry.name);
      else if (entry.isFile() || (entry.isSymbolicLink() && this.isLinkedFile(path, entry.name)))
        files.add(entry.name);
    }
    return { files, folders };
  }

  private remove(path: string): void {
    const directory = this.directories.get(path);
    if (!directory || path === '') return;
    this.directories.delete(path);
    for (const name of directory.files) this.listener.gone(`${path}/${name}`);
    for (const name of directory.folders) this.remove(`${path}/${name}`);
  }

  /** Output files of this service are never treated as movies, even if they are reached through a link. */
  private isOutput(real: string): boolean {
    return OUTPUT_FOLDERS.some((name) => isInside(join(realpathSync(this.boundary), name), real));
  }

  private isLinkedFile(path: string, name: string): boolean {
    try {
      const real = realpathSync(join(this.top, path, name));
      if (isInside(realpathSync(this.top), real)) return false;
      if (this.isOutput(real)) {
        this.warnings.add(
          `A symbolic link points to an output directory and is not followed: ${join(path, name)}`,
        );
        return false;
      }
      if (isInside(realpathSync(this.boundary), real)) return statSync(real).isFile();
      this.warnings.add(
        `A symbolic link points outside the session and is not followed: ${join(path, name)}`,
      );
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT'))
        this.warnings.add(`${join(path, name)} cannot be read (${errorCodeOf(error)})`);
    }
    return false;
  }
}
