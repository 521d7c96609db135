import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { makeFolderBelow, readBelow, readFileIn, withFolderBelow, writeBelow } from '../../base/below.ts';
import { hasErrorCode } from '../../base/errors.ts';
import { tryParseJsonAs } from '../../base/json.ts';
import { unlessMissing } from '../../base/missing-file.ts';

/**
 * `workflow/owner.json`: which service is processing a session. The file exists only while one is doing so.
 */
const OWNER_FILE = 'owner.json';

const ownerMarkSchema = z.object({
  version: z.literal(1),
  instance: z.string(),
  host: z.string(),
  bootId: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  pid: z.int().positive(),
  startTicks: z.string().nullable(),
  stateDir: z.string(),
  since: z.iso.datetime(),
  /**
   * Increases with each heartbeat. Other services measure with their own clock how long it stays the same.
   */
  beat: z.int().nonnegative(),
});

export type OwnerMark = z.infer<typeof ownerMarkSchema>;

export const textOf = (mark: OwnerMark): string => `${JSON.stringify(mark, null, 2)}\n`;

/** null: the text is not a valid mark, for example because the file is damaged. */
export const parseMark = (text: string): OwnerMark | null => tryParseJsonAs(text, ownerMarkSchema);

const pathOf = (workflow: string): string => join(workflow, OWNER_FILE);

/** null if there is no mark. @throws LinkRefused; the file system's error */
export const readMark = (workflow: string): Promise<string | null> =>
  readBelow(dirname(workflow), pathOf(workflow));

/**
 * Creates the mark if there is none. If several services try, one succeeds.
 * @throws LinkRefused; the file system's error
 */
export async function createMark(workflow: string, text: string): Promise<boolean> {
  await makeFolderBelow(dirname(workflow), workflow);
  try {
    await withFolderBelow(dirname(workflow), workflow, (folder) => folder.writeNew(OWNER_FILE, text));
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Writes the next heartbeat to our own mark. @throws LinkRefused; the file system's error */
export const replaceMark = (workflow: string, text: string): Promise<void> =>
  writeBelow(dirname(workflow), pathOf(workflow), text);

/**
 * Removes the mark if it has this text. The file is renamed first, which only one of several services can do,
 * and restored if it has another text, because another service has replaced the mark meanwhile.
 * @returns false if another service has replaced the mark
 */
export async function removeMark(workflow: string, text: string): Promise<boolean> {
  const removing = withFolderBelow(dirname(workflow), workflow, async (folder) => {
    const temporaryName = `${OWNER_FILE}.${randomBytes(6).toString('hex')}.old`;
    const isMoved = await unlessMissing(
      folder.moveEntry(OWNER_FILE, folder, temporaryName).then(() => true),
      false,
    );
    if (!isMoved) return true;
    const isSame = (await readFileIn(folder, temporaryName)) === text;
    if (!isSame) await folder.link(temporaryName, OWNER_FILE).catch(ignoreExisting);
    await folder.removeFile(temporaryName);
    return isSame;
  });
  return unlessMissing(removing, true);
}

function ignoreExisting(error: unknown): void {
  if (!hasErrorCode(error, 'EEXIST')) throw error;
}
