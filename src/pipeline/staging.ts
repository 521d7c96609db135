import { rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory, makeOneDirectory, syncDirectory, writeDurably } from '../base/durable-file.ts';
import { hasErrorCode } from '../base/errors.ts';
import { listNames } from '../base/list-names.ts';
import type { Place } from '../contract/record.ts';

/** Ends the token in the name of a folder of unfinished outputs; no token holds it. */
const RUN_MARK = '~';

/** Folder of unfinished outputs below `processed/`: on the same file system, so that a rename is all it takes. */
const TEMPORARY_FOLDER = '.tmp';

/**
 * Outputs of one movie on their way: `processed/.tmp/<token>/<base>/`. They are written there, made durable, and
 * take their places together in `publish`, the record last. `discard` leaves nothing behind.
 * A cluster may run a batch again while its first worker still writes: there each run has a folder `<token>~<run>`.
 */
export class Staging {
  readonly directory: string;
  private readonly processedDir: string;
  private readonly staged: string[] = [];

  private constructor(processedDir: string, folder: string, base: string) {
    this.processedDir = processedDir;
    this.directory = join(processedDir, TEMPORARY_FOLDER, folder, base);
  }

  static async open(processedDir: string, token: string, base: string, place?: Place): Promise<Staging> {
    const folder = place ? `${token}${RUN_MARK}${place.jobId}.${place.restart}` : token;
    const staging = new Staging(processedDir, folder, base);
    // Only this one folder: a session that was taken away must not come back as an empty shell.
    await makeOneDirectory(processedDir);
    await rm(staging.directory, { recursive: true, force: true });
    await makeDirectory(join(staging.directory, 'work'));
    return staging;
  }

  /** For programs' own files. */
  get workDir(): string {
    return join(this.directory, 'work');
  }

  /** For files that go elsewhere than the outputs. */
  get scratchDir(): string {
    return join(this.directory, 'scratch');
  }

  /** Path to write an output to that `publish` is to put in place under the same name. */
  pathOf(name: string): string {
    if (!this.staged.includes(name)) this.staged.push(name);
    return join(this.directory, name);
  }

  async write(name: string, data: string | Uint8Array): Promise<void> {
    await writeDurably(this.pathOf(name), data);
  }

  /**
   * Puts all outputs in place, then the record. The old record goes first, so that at no instant a record names
   * outputs that are not its own; a failure takes back what was placed.
   * @param recordAt - relative to processed
   * @param obsolete - names of old outputs that the new record does not name
   */
  async publish(recordAt: string, record: string, obsolete: readonly string[] = []): Promise<void> {
    const target = (name: string) => join(this.processedDir, name);
    await this.removeRecord(recordAt);
    const placed: string[] = [];
    try {
      for (const name of this.staged) {
        await rename(join(this.directory, name), target(name));
        placed.push(name);
      }
      for (const name of obsolete) await rm(target(name), { force: true });
      await syncDirectory(this.processedDir);
      await this.publishRecord(recordAt, record);
    } catch (error) {
      for (const name of placed) await rm(target(name), { force: true });
      throw error;
    }
  }

  /** Puts a record in place without outputs. What was staged goes first: the disk may be full of it. */
  async publishFailure(recordAt: string, record: string): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await makeDirectory(this.directory);
    await this.publishRecord(recordAt, record);
  }

  private async publishRecord(recordAt: string, record: string): Promise<void> {
    const final = join(this.processedDir, recordAt);
    const temporary = join(this.directory, 'record.json');
    await makeDirectory(dirname(final));
    await writeDurably(temporary, record);
    await rename(temporary, final);
    await syncDirectory(dirname(final));
  }

  /** Removes what was not published. */
  async discard(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await removeIfEmpty(dirname(this.directory));
    await removeIfEmpty(dirname(dirname(this.directory)));
  }

  private async removeRecord(recordAt: string): Promise<void> {
    const old = join(this.processedDir, recordAt);
    await rm(old, { force: true });
    await makeDirectory(dirname(old));
    await syncDirectory(dirname(old));
  }
}

/**
 * Removes what workers that were killed left in `processed/.tmp`.
 * @param isAlive - whether the worker of a batch, by its token, may still write
 * @returns names of the folders that were removed
 */
export async function cleanTemporary(
  processedDir: string,
  isAlive: (token: string) => boolean,
): Promise<string[]> {
  const folder = join(processedDir, TEMPORARY_FOLDER);
  const stale = (await listNames(folder)).filter((name) => !isAlive(name.split(RUN_MARK, 1)[0] ?? name));
  for (const name of stale) await rm(join(folder, name), { recursive: true, force: true });
  await removeIfEmpty(folder);
  return stale;
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    // Another batch of the session is at work in it, or has removed it already.
    if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}
