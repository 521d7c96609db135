import { randomBytes } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../base/atomic-file.ts';
import { makeOneDirectory, writeDurably } from '../../base/durable-file.ts';
import { hasErrorCode } from '../../base/errors.ts';
import { tryParseJsonAs } from '../../base/json.ts';
import { unlessMissing } from '../../base/missing-file.ts';
import { readOwnText } from '../../base/own-file.ts';
import { refuseLink } from '../../base/real-folder.ts';

/** `workflow/owner.json`: which service is processing a session. It exists only while one is. */
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

/** null: the text is not a mark, such as that of a damaged file. */
export const markIn = (text: string): OwnerMark | null => tryParseJsonAs(text, ownerMarkSchema);

const pathOf = (workflow: string): string => join(workflow, OWNER_FILE);

/** null if there is no mark. @throws LinkRefused; the file system's error */
export async function readMark(workflow: string): Promise<string | null> {
  await unlessMissing(refuseLink(workflow), null);
  return unlessMissing(readOwnText(pathOf(workflow)), null);
}

/**
 * Creates the mark if there is none. If several services try, one succeeds.
 * @throws LinkRefused; the file system's error
 */
export async function createMark(workflow: string, text: string): Promise<boolean> {
  await makeOneDirectory(workflow);
  const temporary = besideMark(workflow, 'tmp');
  try {
    await writeDurably(temporary, text);
    await link(temporary, pathOf(workflow));
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Writes the next heartbeat to our own mark. @throws the file system's error */
export const replaceMark = (workflow: string, text: string): Promise<void> =>
  writeFileAtomic(pathOf(workflow), text);

/**
 * Removes the mark if it has this text. It is moved aside first, which only one of several services can do,
 * and put back if another service has made a new one meanwhile.
 * @returns whether it was removed
 */
export async function removeMark(workflow: string, text: string): Promise<boolean> {
  const aside = besideMark(workflow, 'old');
  const isMoved = await unlessMissing(
    rename(pathOf(workflow), aside).then(() => true),
    false,
  );
  if (!isMoved) return true;
  const isSame = (await readOwnText(aside)) === text;
  if (!isSame) await link(aside, pathOf(workflow)).catch(unlessAnother);
  await rm(aside, { force: true });
  return isSame;
}

function unlessAnother(error: unknown): void {
  if (!hasErrorCode(error, 'EEXIST')) throw error;
}

const besideMark = (workflow: string, extension: 'tmp' | 'old'): string =>
  join(workflow, `${OWNER_FILE}.${randomBytes(6).toString('hex')}.${extension}`);
