import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCodeOf } from '../../base/errors.ts';
import { isMissingFile } from '../../base/missing-file.ts';
import type { SkipReason } from '../../contract/skipped.ts';
import { entriesBelowUndecodable, entriesOf, type FolderEntries, type NamedEntry } from './folder-entries.ts';
import { type LinkBounds, LinkRules } from './link-rules.ts';

/**
 * For this time after a directory's mtime has changed, its listing may be outdated, because mtimes have a
 * coarse resolution.
 */
const TIME_GRAIN_MS = 3000;
/** A directory that changed within this time is listed in every quick scan. */
const LIVE_DIRECTORY_MS = 60_000;

/** Links that are not followed are listed individually up to this number. */
const MAX_NAMED_LINKS = 10;

interface Directory {
  mtimeMs: number;
  /** Until this time, the directory is listed in every scan. */
  uncertainUntilMs: number;
  /** Until this time, the directory is included in quick scans. */
  liveUntilMs: number;
  files: Set<string>;
  folders: Set<string>;
  /** Entries that cannot be used. */
  refused: Map<string, Refusal>;
}

type Listing = Pick<Directory, 'files' | 'folders' | 'refused'>;

/** Why an entry cannot be used. `warning` names the entry; null: it is only counted. */
interface Refusal {
  readonly reason: SkipReason;
  readonly isFolder: boolean;
  readonly warning: string | null;
}

/** Paths are relative to the top, with forward slashes. */
export interface TreeListener {
  onFound(path: string, fileName: string): void;
  onRemoved(path: string): void;
  /**
   * Called for an entry that cannot be used; `onRemoved` is called when it no longer exists.
   * @param isFolder - whether it may contain movies
   */
  onRefused(path: string, reason: SkipReason, isFolder: boolean): void;
  /** Whether a file of this name is a movie. */
  isMovieName(fileName: string): boolean;
}

/**
 * Keeps the listing of a directory tree up to date by scanning it, synchronously, because file system
 * notifications do not report what other hosts write. A directory whose time has not changed is only listed
 * again in a `full` scan. All times are monotonic.
 */
export class Tree {
  private readonly directories = new Map<string, Directory>();
  /** Folder that a link points to, by the path of the link. */
  private readonly linkedFolders = new Map<string, string>();
  /** Warnings about links that are not followed, by path. */
  private readonly linkWarnings = new Map<string, string>();
  /** Warnings about folders that cannot be read, by path. */
  private readonly unreadable = new Map<string, string>();
  private isFirstScan = true;
  private readonly top: string;
  private readonly listener: TreeListener;
  private readonly links: LinkRules;

  constructor(bounds: LinkBounds, listener: TreeListener) {
    this.top = bounds.raw;
    this.listener = listener;
    this.links = new LinkRules(bounds, (name) => listener.isMovieName(name));
  }

  get warnings(): string[] {
    const links = [...this.linkWarnings.values()].slice(0, MAX_NAMED_LINKS);
    const others = this.linkWarnings.size - links.length;
    const more = others > 0 ? [`${others} more symbolic links are not followed.`] : [];
    return [...links, ...more, ...this.unreadable.values()];
  }

  /**
   * @param mode - `quick`: check only directories that changed recently; `all`: list directories whose time
   * has changed; `full`: list all
   * @returns why the top cannot be read, in which case the listing is unchanged; null if it can
   */
  scan(nowMs: number, mode: 'quick' | 'all' | 'full'): string | null {
    const problem = this.links.rawProblem(mode !== 'quick');
    if (problem) return problem;
    if (!this.directories.has('')) this.add('');
    for (const [path, directory] of this.directories) {
      if (mode === 'quick' && nowMs > directory.liveUntilMs) continue;
      this.listIfDue(path, directory, nowMs, mode === 'full');
    }
    this.isFirstScan = false;
    return null;
  }

  private add(path: string): void {
    this.directories.set(path, {
      mtimeMs: Number.NaN,
      uncertainUntilMs: Number.NEGATIVE_INFINITY,
      liveUntilMs: Number.POSITIVE_INFINITY,
      files: new Set(),
      folders: new Set(),
      refused: new Map(),
    });
  }

  private listIfDue(path: string, directory: Directory, nowMs: number, isFull: boolean): void {
    const absolute = join(this.top, path);
    try {
      const { mtimeMs } = statSync(absolute);
      if (mtimeMs !== directory.mtimeMs) {
        directory.mtimeMs = mtimeMs;
        directory.uncertainUntilMs = nowMs + TIME_GRAIN_MS;
        // Directories found by the first scan may be years old: the next scan shows which of them change.
        directory.liveUntilMs = nowMs + (this.isFirstScan ? TIME_GRAIN_MS : LIVE_DIRECTORY_MS);
      }
      if (!isFull && nowMs > directory.uncertainUntilMs) return;
      this.relist(path, directory, entriesOf(absolute));
      this.unreadable.delete(path);
    } catch (error) {
      if (isMissingFile(error)) this.remove(path);
      else this.unreadable.set(path, `${path || 'raw'} cannot be read (${errorCodeOf(error)})`);
    }
  }

  private relist(path: string, directory: Directory, entries: FolderEntries): void {
    const { files, folders, refused } = this.classifyEntries(path, entries);
    const pathOf = (name: string) => below(path, name);
    this.removeMissing(path, directory, { files, folders, refused });
    for (const name of files) if (!directory.files.has(name)) this.listener.onFound(pathOf(name), name);
    for (const name of folders) if (!this.directories.has(pathOf(name))) this.add(pathOf(name));
    for (const [name, refusal] of refused)
      if (directory.refused.get(name)?.warning !== refusal.warning || !directory.refused.has(name))
        this.refuse(pathOf(name), refusal);
    directory.files = files;
    directory.folders = folders;
    directory.refused = refused;
  }

  private removeMissing(path: string, previous: Directory, current: Listing): void {
    for (const name of previous.files)
      if (!current.files.has(name)) this.listener.onRemoved(below(path, name));
    for (const name of previous.refused.keys())
      if (!current.refused.has(name)) this.handleAccepted(below(path, name));
    for (const name of previous.folders) if (!current.folders.has(name)) this.remove(below(path, name));
  }

  private classifyEntries(path: string, entries: FolderEntries): Listing {
    const listing = {
      files: new Set<string>(),
      folders: new Set<string>(),
      refused: new Map<string, Refusal>(),
    };
    for (const entry of entries.namedEntries) this.classifyEntry(path, entry, listing);
    for (const entry of entries.undecodableEntries)
      for (const { path: name, isFolder } of entriesBelowUndecodable(join(this.top, path), entry))
        listing.refused.set(name, { reason: 'name', isFolder, warning: null });
    return listing;
  }

  private classifyEntry(path: string, entry: NamedEntry, { files, folders, refused }: Listing): void {
    const { name } = entry;
    if (entry.isDirectory()) folders.add(name);
    else if (entry.isFile()) files.add(name);
    else if (!entry.isSymbolicLink())
      refused.set(name, { reason: 'not_a_file', isFolder: false, warning: null });
    else {
      const target = this.followLink(below(path, name));
      if (target === 'file') files.add(name);
      else if (target === 'folder') folders.add(name);
      else if (target !== null) refused.set(name, target);
    }
  }

  private refuse(path: string, { reason, isFolder, warning }: Refusal): void {
    this.linkWarnings.delete(path);
    if (warning !== null) this.linkWarnings.set(path, warning);
    this.listener.onRefused(path, reason, isFolder);
  }

  /** Called when a refused entry no longer exists, or can be used now. */
  private handleAccepted(path: string): void {
    this.linkWarnings.delete(path);
    this.listener.onRemoved(path);
  }

  /** null: the target of the link is listed anyway. */
  private followLink(path: string): 'file' | 'folder' | Refusal | null {
    const previousTarget = this.linkedFolders.get(path);
    this.linkedFolders.delete(path);
    const target = this.links.targetOf(path, [...this.linkedFolders.values()]);
    const refusal = (warning: string | null, isFolder: boolean) =>
      ({ reason: 'link', isFolder, warning }) as const;
    switch (target.kind) {
      case 'file':
        return 'file';
      case 'folder':
        if (previousTarget !== undefined && previousTarget !== target.real) this.remove(path);
        this.linkedFolders.set(path, target.real);
        return 'folder';
      case 'alias':
        return null;
      case 'not_a_file':
        return { reason: 'not_a_file', isFolder: false, warning: null };
      case 'output':
        return refusal(
          `A symbolic link points to an output directory and is not followed: ${path}`,
          target.isFolder,
        );
      case 'outside':
        return refusal(
          `A symbolic link points outside the session and is not followed: ${path}`,
          target.isFolder,
        );
      case 'ancestor':
        return refusal(
          `A symbolic link points to a folder that contains raw or the target of another link, and is not followed: ${path}`,
          true,
        );
      case 'broken':
        if (target.code !== null) return refusal(`${path} cannot be read (${target.code})`, false);
        // Editors leave broken links as locks.
        return refusal(
          this.listener.isMovieName(basename(path)) ? `A symbolic link is broken: ${path}` : null,
          false,
        );
    }
  }

  private remove(path: string): void {
    const directory = this.directories.get(path);
    if (!directory || path === '') return;
    this.directories.delete(path);
    this.linkedFolders.delete(path);
    this.unreadable.delete(path);
    for (const name of directory.files) this.listener.onRemoved(below(path, name));
    for (const name of directory.refused.keys()) this.handleAccepted(below(path, name));
    for (const name of directory.folders) this.remove(below(path, name));
  }
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);
