import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissingFile, unlessMissing } from '../base/missing-file.ts';
import { LinkRefused, refuseLink } from '../base/real-folder.ts';
import { CodedError } from '../contract/errors.ts';

/**
 * Checks by device and inode, not by name, that outputs are not written to the folder of the movies: no
 * output folder is a link, the folder of the movies, inside it, or one of its parents. Folders that do not
 * exist yet are accepted.
 * @throws CodedError UNSAFE_DIRECTORY; the file system's error
 */
export async function assertSeparateFolders(rawDir: string, outputDirs: readonly string[]): Promise<void> {
  const noIdentities: string[] = [];
  const raw = await unlessMissing(identitiesOfPath(rawDir), noIdentities);
  for (const folder of outputDirs) {
    await assertNoLink(folder);
    const outputs = await unlessMissing(identitiesOfPath(folder), noIdentities);
    const [innerRaw] = raw;
    const [innerOutputs] = outputs;
    if (innerRaw === undefined || innerOutputs === undefined) continue;
    if (outputs.includes(innerRaw) || raw.includes(innerOutputs))
      throw new CodedError('UNSAFE_DIRECTORY', `The movies are in ${rawDir}.`, { file: folder });
  }
}

/**
 * Checks by device and inode that a movie is not directly in the output folder.
 * @throws CodedError UNSAFE_DIRECTORY
 */
export async function assertNotInOutputFolder(moviePath: string, processedDir: string): Promise<void> {
  // A movie that cannot be reached fails alone; the rest of its batch is processed.
  const folder = await realpath(moviePath).then(dirname, () => null);
  if (folder === null) return;
  const [movies, outputs] = await Promise.all([
    unlessMissing(identityOf(folder), null),
    unlessMissing(identityOf(processedDir), null),
  ]);
  if (movies !== null && movies === outputs)
    throw new CodedError('UNSAFE_DIRECTORY', `The movie ${moviePath} is in it.`, { file: processedDir });
}

/** A missing folder is accepted. @throws CodedError UNSAFE_DIRECTORY; the file system's error */
export async function assertNoLink(folder: string): Promise<void> {
  try {
    await refuseLink(folder);
  } catch (error) {
    if (isMissingFile(error)) return;
    if (!(error instanceof LinkRefused)) throw error;
    throw new CodedError('UNSAFE_DIRECTORY', 'It is a symbolic link.', { file: folder }, { cause: error });
  }
}

async function identityOf(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `${dev}:${ino}`;
}

/** Identities of a directory and all its parents. */
async function identitiesOfPath(path: string): Promise<string[]> {
  const identities: string[] = [];
  for (let folder = await realpath(path); ; folder = dirname(folder)) {
    const { dev, ino } = await lstat(folder, { bigint: true });
    identities.push(`${dev}:${ino}`);
    if (folder === dirname(folder)) return identities;
  }
}
