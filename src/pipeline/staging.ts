import { basename, dirname, join } from 'node:path';
import { makeOneDirectory, writeDurably } from '../base/durable-file.ts';
import { hasErrorCode } from '../base/errors.ts';
import { isMissingFile } from '../base/missing-file.ts';
import {
  isPlainName,
  RealFolder,
  refuseLink,
  removeBelow,
  withFolder,
  withFolderBelow,
} from '../base/real-folder.ts';
import type { JobLocation } from '../contract/record.ts';
import { refuseForeign } from './foreign-files.ts';

/** Separator after the token in the name of a folder of unfinished outputs; tokens do not contain it. */
const RUN_SEPARATOR = '~';

/**
 * Folder of unfinished outputs below `processed/`: on the same file system, so that a rename is sufficient.
 */
const TEMPORARY_FOLDER = '.tmp';

/** Folder in the folder of each movie; identifies folders that the service created. */
const WORK_FOLDER = 'work';

/** Name of the folder of a batch: its token and, on a cluster, its run. */
const BATCH_FOLDER_NAME = /^[A-Za-z0-9._=-]{1,64}(~[^/]+)?$/;

const MAX_TRIES = 5;

/**
 * Unfinished outputs of one movie: `processed/.tmp/<token>/<base>/`. They are written there, flushed to the
 * disk, and moved together by `publish`, the record last. `discard` removes everything. A cluster may run a
 * batch again while its first worker is still writing, so there each run has its own folder `<token>~<run>`.
 */
export class Staging {
  readonly directory: string;
  private readonly processedDir: string;
  /** Names of the folders from `processed` down to `directory`. */
  private readonly path: readonly string[];
  private readonly staged: string[] = [];

  private constructor(processedDir: string, folder: string, base: string) {
    this.processedDir = processedDir;
    this.path = [TEMPORARY_FOLDER, folder, base];
    this.directory = join(processedDir, ...this.path);
  }

  /** @throws LinkRefused; the file system's error */
  static async open(
    processedDir: string,
    token: string,
    base: string,
    location?: JobLocation,
  ): Promise<Staging> {
    const folder = location ? `${token}${RUN_SEPARATOR}${location.jobId}.${location.restart}` : token;
    const staging = new Staging(processedDir, folder, base);
    // Not recursive: a session that was removed must not be created again as an empty folder.
    await makeOneDirectory(processedDir);
    await staging.recreate();
    return staging;
  }

  /** Work directory of programs. */
  get workDir(): string {
    return join(this.directory, WORK_FOLDER);
  }

  /** For files that are not outputs of the movie. */
  get scratchDir(): string {
    return join(this.directory, 'scratch');
  }

  /** Path for an output that `publish` will move to `processed` under the same name. */
  pathOf(name: string): string {
    if (!this.staged.includes(name)) this.staged.push(name);
    return join(this.directory, name);
  }

  async write(name: string, data: string | Uint8Array): Promise<void> {
    await writeDurably(this.pathOf(name), data);
  }

  /**
   * Moves all outputs to their final names, then the record. The old record is removed first, so that no
   * record ever refers to outputs of another run; on a failure, moved files are removed again.
   * @param recordName - relative to processed
   * @param obsolete - names of old outputs that are not in the new record
   * @throws CodedError NOT_OUR_FILE - then nothing was changed; LinkRefused; the file system's error
   */
  async publish(recordName: string, record: string, obsolete: readonly string[] = []): Promise<void> {
    // Names in an old record may have been edited by hand.
    const old = obsolete.filter(isPlainName);
    await withFolder(RealFolder.open(this.processedDir), async (processed) => {
      for (const name of [...this.staged, ...old]) await refuseForeign(processed, name);
      await this.removeRecord(recordName);
      const published: string[] = [];
      try {
        await withFolderBelow(this.processedDir, this.path, async (staged) => {
          for (const name of this.staged) {
            await refuseLink(staged.at(name), join(this.directory, name));
            await staged.move(name, processed);
            published.push(name);
          }
        });
        for (const name of old) await processed.removeFile(name);
        await processed.sync();
        await this.publishRecord(recordName, record);
      } catch (error) {
        for (const name of published) await processed.removeFile(name);
        throw error;
      }
    });
  }

  /** Publishes a record without outputs. Staged files are removed first, because they may fill the disk. */
  async publishFailure(recordName: string, record: string): Promise<void> {
    await this.recreate();
    await this.publishRecord(recordName, record);
  }

  private async publishRecord(recordName: string, record: string): Promise<void> {
    const temporary = 'record.json';
    await makeOneDirectory(join(this.processedDir, dirname(recordName)));
    await writeDurably(join(this.directory, temporary), record);
    await withFolderBelow(this.processedDir, this.path, (staged) =>
      withFolderBelow(this.processedDir, dirname(recordName).split('/'), async (records) => {
        await staged.move(temporary, records, basename(recordName));
        await records.sync();
      }),
    );
  }

  /** Removes all files that were not published. */
  async discard(): Promise<void> {
    const [temporary = '', folder = '', base = ''] = this.path;
    await removeBelow(this.processedDir, [temporary, folder], base);
    await withFolder(RealFolder.open(this.processedDir), async (processed) => {
      const batchFolder = processed.below(temporary);
      await withFolder(batchFolder, (inner) => inner.removeIfEmpty(folder)).catch(ignoreMissing);
      await processed.removeIfEmpty(temporary);
    }).catch(ignoreMissing);
  }

  private async removeRecord(recordName: string): Promise<void> {
    const folder = dirname(recordName);
    await makeOneDirectory(join(this.processedDir, folder));
    await withFolderBelow(this.processedDir, folder.split('/'), async (records) => {
      await records.removeFile(basename(recordName));
      await records.sync();
    });
  }

  /** Creates the folder again, empty except for `work`. */
  private async recreate(): Promise<void> {
    const [temporary = '', folder = '', base = ''] = this.path;
    await removeBelow(this.processedDir, [temporary, folder], base);
    const levels = [
      temporary,
      join(temporary, folder),
      join(temporary, folder, base),
      join(...this.path, WORK_FOLDER),
    ];
    for (let tries = 1; ; tries++) {
      try {
        for (const level of levels) await makeOneDirectory(join(this.processedDir, level));
        return;
      } catch (error) {
        // Another batch of the session may have removed the empty folder in the meantime.
        if (!hasErrorCode(error, 'ENOENT') || tries >= MAX_TRIES) throw error;
      }
    }
  }
}

/**
 * Removes the files of killed workers in `processed/.tmp`: real folders whose names and contents are those of
 * a batch. Nothing else is touched, and no link is followed.
 * @param isAlive - whether the worker of a batch, by its token, may still write
 * @returns names of the removed folders
 * @throws LinkRefused; the file system's error
 */
export async function cleanTemporary(
  processedDir: string,
  isAlive: (token: string) => boolean,
): Promise<string[]> {
  const removed: string[] = [];
  try {
    await withFolder(RealFolder.open(processedDir), async (processed) => {
      await withFolder(processed.below(TEMPORARY_FOLDER), async (folder) => {
        for (const name of (await folder.names()).sort()) {
          if (!BATCH_FOLDER_NAME.test(name) || isAlive(name.split(RUN_SEPARATOR, 1)[0] ?? name)) continue;
          if (!(await hasStagingLayout(folder, name))) continue;
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

/** Whether a folder is empty, or contains folders of movies, each with a folder `work` or empty. */
async function hasStagingLayout(folder: RealFolder, name: string): Promise<boolean> {
  try {
    return await withFolder(folder.below(name), async (batch) => {
      for (const base of await batch.names()) {
        const names = await withFolder(batch.below(base), (movie) => movie.names());
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
