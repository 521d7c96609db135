import { opendir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isMissingFile } from '../../base/missing-file.ts';
import { isBelow } from '../../base/real-path.ts';
import { nameMatcher } from './name-pattern.ts';

/** Maximum number of names that are examined for one pattern: all files of a large session. */
const MAX_ENTRIES = 200_000;
const MAX_MS = 10_000;
const MAX_MATCHES = 1000;
const ANY_FOLDERS = '**';

/** A search that was not completed. The message completes a sentence such as "the search was ended: ...". */
export class SearchEnded extends Error {}

export interface SearchLimits {
  readonly maxEntries?: number;
  readonly maxMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Files that match a path with `*`, `?`, `[...]` in its names and `**` for any number of folders. Links to
 * folders are not followed, and a file whose real path is outside the root is not found.
 * @param root - existing folder that is searched
 * @param pattern - absolute, below the root
 * @throws SearchEnded if there are too many entries or matches, if it takes too long, or if the caller aborts
 * it
 */
export async function findMatching(
  root: string,
  pattern: string,
  limits: SearchLimits = {},
): Promise<string[]> {
  const search = new Search(limits);
  await search.walk(root, relative(root, pattern).split(sep));
  const realRoot = await realpath(root);
  const filesInRoot: string[] = [];
  for (const path of search.paths) {
    const real = await realpath(path).catch(() => null);
    if (real !== null && isBelow(realRoot, real) && (await stat(real)).isFile()) filesInRoot.push(path);
  }
  return filesInRoot;
}

class Search {
  readonly paths: string[] = [];
  readonly #visited = new Set<string>();
  readonly #maxEntries: number;
  readonly #signal: AbortSignal;
  #entries = 0;

  constructor({ maxEntries = MAX_ENTRIES, maxMs = MAX_MS, signal }: SearchLimits) {
    this.#maxEntries = maxEntries;
    const timeout = AbortSignal.timeout(maxMs);
    this.#signal = signal ? AbortSignal.any([signal, timeout]) : timeout;
  }

  /** @param names - patterns of the names below the folder */
  async walk(folder: string, names: readonly string[]): Promise<void> {
    // Two `**` can reach the same folder in many ways.
    const key = `${names.length} ${folder}`;
    if (this.#visited.has(key)) return;
    this.#visited.add(key);
    const [first = '', ...rest] = names;
    const isAny = first === ANY_FOLDERS;
    if (isAny && rest.length > 0) await this.walk(folder, rest);
    const namesBelow = isAny ? names : rest;
    const pattern = isAny ? '*' : first;
    for await (const { path, isFolder } of this.#matchesIn(folder, pattern)) {
      if (isFolder && namesBelow.length > 0) await this.walk(path, namesBelow);
      else if (!isFolder && rest.length === 0) this.#add(path);
    }
  }

  async *#matchesIn(folder: string, pattern: string): AsyncGenerator<{ path: string; isFolder: boolean }> {
    const matches = nameMatcher(pattern);
    for await (const { name, isFolder } of this.#entriesOf(folder))
      if (matches(name)) yield { path: join(folder, name), isFolder };
  }

  #add(path: string): void {
    if (this.paths.length >= MAX_MATCHES) throw new SearchEnded(`more than ${MAX_MATCHES} files match`);
    this.paths.push(path);
  }

  /** Reads a folder in chunks, so that other work of the thread continues. */
  async *#entriesOf(folder: string): AsyncGenerator<{ name: string; isFolder: boolean }> {
    let directory: Awaited<ReturnType<typeof opendir>>;
    try {
      directory = await opendir(folder);
    } catch (error) {
      if (isMissingFile(error)) return;
      throw error;
    }
    for await (const entry of directory) {
      if (this.#signal.aborted) throw new SearchEnded('it took too long');
      if (++this.#entries > this.#maxEntries)
        throw new SearchEnded(`there are more than ${this.#maxEntries} files and folders`);
      yield { name: entry.name, isFolder: entry.isDirectory() };
    }
  }
}
