import { constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeFolderBelow, openFolderBelow, removeBelow, withFolderBelow } from '../base/below.ts';
import { hasErrorCode } from '../base/errors.ts';
import { isMissingFile, unlessMissing } from '../base/missing-file.ts';
import { isPlainName, type RealFolder, refuseLink, withFolder } from '../base/real-folder.ts';
import type { JobLocation } from '../contract/record.ts';
import { refuseForeign } from './foreign-files.ts';
import { renameIfDirectory } from './record-directory.ts';
import type { OutputFolders } from './record-file.ts';

/** Separator after the token in the name of a folder of unfinished outputs; tokens do not contain it. */
const RUN_SEPARATOR = '~';

/**
 * Folder of unfinished outputs below `processed/`: on the same file system, so that a rename is sufficient.
 */
const TEMPORARY_FOLDER = '.tmp';

/** In the folder of each movie: marks the folder as ours. */
const WORK_FOLDER = 'work';

/** Names of the folders of batches: the token and, on a cluster, the run. */
const BATCH_FOLDER_NAME = /^[A-Za-z0-9._=-]{1,64}(~[^/]+)?$/;

const MAX_TRIES = 5;

/**
 * Mode of the folder of a movie: external programs follow links in their folder, so nobody else may put one
 * there.
 */
const PRIVATE_MODE = 0o700;
const { O_WRONLY, O_CREAT, O_TRUNC } = constants;

/**
 * Unfinished outputs of one movie: `processed/.tmp/<token>/<base>/`. They are written there, flushed to the
 * disk, and moved together by `publish`, the record last. `discard` removes everything. A cluster may run a
 * batch again while its first worker still writes: there each run has its own folder `<token>~<run>`.
 */
export class Staging {
  readonly directory: string;
  private readonly folders: OutputFolders;
  private readonly stagedNames: string[] = [];
  /** The open folder `directory`: files are written there even if a link replaces its path meanwhile. */
  private folder: RealFolder | null = null;

  private constructor(folders: OutputFolders, folder: string, base: string) {
    this.folders = folders;
    this.directory = join(folders.processed, TEMPORARY_FOLDER, folder, base);
  }

  /** @throws LinkRefused; the file system's error */
  static async open(
    folders: OutputFolders,
    token: string,
    base: string,
    location?: JobLocation,
  ): Promise<Staging> {
    const folder = location ? `${token}${RUN_SEPARATOR}${location.jobId}.${location.restart}` : token;
    const staging = new Staging(folders, folder, base);
    // Not recursive: a session that was removed must not be created again as an empty folder.
    await makeFolderBelow(folders.root, folders.processed);
    await staging.recreateFolder();
    return staging;
  }

  /** Path of the folder for the files of programs; valid in this process and as their working directory. */
  get workDir(): string {
    return this.openFolder.pathOf(WORK_FOLDER);
  }

  /** Path of the folder for files that are not outputs of the movie; valid in this process. */
  get scratchDir(): string {
    return this.openFolder.pathOf('scratch');
  }

  /**
   * Path, valid in this process, for an output that `publish` will move to `processed` under the same name.
   */
  pathOf(name: string): string {
    if (!this.stagedNames.includes(name)) this.stagedNames.push(name);
    return this.openFolder.pathOf(name);
  }

  /** A message with the paths that users know in place of those that are valid only in this process. */
  withShownPaths(message: string): string {
    return this.folder?.withShownPath(message) ?? message;
  }

  /**
   * Renames a directory that has the name of the record. @param recordPath - relative to processed
   * @returns its new name; null if there is none
   */
  async moveDirectoryAside(recordPath: string): Promise<string | null> {
    const { root, processed } = this.folders;
    const folder = join(processed, dirname(recordPath));
    const renaming = withFolderBelow(root, folder, (records) =>
      renameIfDirectory(records, basename(recordPath)),
    );
    return unlessMissing(renaming, null);
  }

  /** @throws the file system's error */
  async write(name: string, data: string | Uint8Array): Promise<void> {
    this.pathOf(name);
    await this.writeDurably(name, data);
  }

  /**
   * Moves all outputs to their final names, then the record. The old record is removed first, so that no
   * record ever refers to outputs of another run; on a failure, moved files are removed again.
   * @param recordPath - relative to processed
   * @param obsolete - names of old outputs that are not in the new record
   * @throws CodedError NOT_OUR_FILE - then nothing was changed; LinkRefused; the file system's error
   */
  async publish(recordPath: string, record: string, obsolete: readonly string[] = []): Promise<void> {
    // Names in an old record may have been edited by hand.
    const oldNames = obsolete.filter(isPlainName);
    const { root, processed: outputs } = this.folders;
    await withFolderBelow(root, outputs, async (processed) => {
      for (const name of [...this.stagedNames, ...oldNames]) await refuseForeign(processed, name);
      await this.removeRecord(recordPath);
      const publishedNames: string[] = [];
      try {
        await withFolderBelow(root, this.directory, async (staged) => {
          for (const name of this.stagedNames) {
            await refuseLink(staged.pathOf(name), join(this.directory, name));
            await staged.moveEntry(name, processed);
            publishedNames.push(name);
          }
        });
        for (const name of oldNames) await processed.removeFile(name);
        await processed.sync();
        await this.publishRecord(recordPath, record);
      } catch (error) {
        for (const name of publishedNames) await processed.removeFile(name);
        throw error;
      }
    });
  }

  /** Publishes a record without outputs. Staged files are removed first, because they may fill the disk. */
  async publishFailure(recordPath: string, record: string): Promise<void> {
    await this.recreateFolder();
    await this.moveDirectoryAside(recordPath);
    await this.publishRecord(recordPath, record);
  }

  private async publishRecord(recordPath: string, record: string): Promise<void> {
    const { root, processed } = this.folders;
    const temporary = 'record.json';
    const folder = join(processed, dirname(recordPath));
    await makeFolderBelow(root, folder);
    await this.writeDurably(temporary, record);
    await withFolderBelow(root, this.directory, (staged) =>
      withFolderBelow(root, folder, async (records) => {
        await staged.moveEntry(temporary, records, basename(recordPath));
        await records.sync();
      }),
    );
  }

  /** Removes what was not published. */
  async discard(): Promise<void> {
    await this.close();
    const { root, processed: outputs } = this.folders;
    await removeBelow(root, this.directory);
    await withFolderBelow(root, outputs, async (processed) => {
      const temporaryFolder = processed.openSubfolder(TEMPORARY_FOLDER);
      const batchFolder = basename(dirname(this.directory));
      await withFolder(temporaryFolder, (inner) => inner.removeIfEmpty(batchFolder)).catch(ignoreMissing);
      await processed.removeIfEmpty(TEMPORARY_FOLDER);
    }).catch(ignoreMissing);
  }

  private get openFolder(): RealFolder {
    if (this.folder === null) throw new Error(`${this.directory} was closed`);
    return this.folder;
  }

  private async close(): Promise<void> {
    await this.folder?.close();
    this.folder = null;
  }

  private async writeDurably(name: string, data: string | Uint8Array): Promise<void> {
    await using file = await this.openFolder.openFile(name, O_WRONLY | O_CREAT | O_TRUNC);
    await file.writeFile(data);
    await file.sync();
  }

  private async removeRecord(recordPath: string): Promise<void> {
    const { root, processed } = this.folders;
    const folder = join(processed, dirname(recordPath));
    await makeFolderBelow(root, folder);
    await withFolderBelow(root, folder, async (records) => {
      await records.removeFile(basename(recordPath));
      await records.sync();
    });
  }

  /** Creates the folder again, empty except for `work`. */
  private async recreateFolder(): Promise<void> {
    await this.close();
    const { root } = this.folders;
    const batchFolder = dirname(this.directory);
    await removeBelow(root, this.directory);
    for (let tries = 1; ; tries++) {
      try {
        await makeFolderBelow(root, dirname(batchFolder));
        await makeFolderBelow(root, batchFolder);
        await makeFolderBelow(root, this.directory, PRIVATE_MODE);
        this.folder = await openFolderBelow(root, this.directory);
        await this.folder.makeFolder(WORK_FOLDER);
        return;
      } catch (error) {
        await this.close();
        // Another batch of the session may have removed the empty folder in the meantime.
        if (!hasErrorCode(error, 'ENOENT') || tries >= MAX_TRIES) throw error;
      }
    }
  }
}

/**
 * Removes the files of killed workers in `processed/.tmp`: real folders whose names and contents are those of
 * a batch. Nothing else is touched, and no link is followed.
 * @param isAlive - whether the worker of the batch with this token may still write
 * @returns names of the removed folders
 * @throws LinkRefused; the file system's error
 */
export async function cleanTemporary(
  folders: OutputFolders,
  isAlive: (token: string) => boolean,
): Promise<string[]> {
  const removed: string[] = [];
  try {
    await withFolderBelow(folders.root, folders.processed, async (processed) => {
      await withFolder(processed.openSubfolder(TEMPORARY_FOLDER), async (folder) => {
        for (const name of (await folder.names()).sort()) {
          if (!BATCH_FOLDER_NAME.test(name) || isAlive(name.split(RUN_SEPARATOR, 1)[0] ?? name)) continue;
          if (!(await hasBatchLayout(folder, name))) continue;
          await folder.removeTree(name);
          removed.push(name);
        }
      });
      await processed.removeIfEmpty(TEMPORARY_FOLDER);
    });
  } catch (error) {
    ignoreMissing(error);
  }
  return removed;
}

/** A folder that contains folders of movies, each with a folder `work`, or is empty. */
async function hasBatchLayout(folder: RealFolder, name: string): Promise<boolean> {
  try {
    return await withFolder(folder.openSubfolder(name), async (batch) => {
      for (const base of await batch.names()) {
        const names = await withFolder(batch.openSubfolder(base), (movie) => movie.names());
        if (names.length > 0 && !names.includes(WORK_FOLDER)) return false;
      }
      return true;
    });
  } catch (error) {
    if (hasErrorCode(error, 'ENOTDIR', 'ELOOP', 'ENOENT')) return false;
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissingFile(error)) throw error;
}
