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

/**
 * `workflow/owner.json`: which service is processing a session. It exists only while a service is doing so.
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
   * Increases with each heartbeat. Other services measure with their own clock how long the value stays the
   * same.
   */
  beat: z.int().nonnegative(),
});

export type OwnerMark = z.infer<typeof ownerMarkSchema>;

export const textOf = (mark: OwnerMark): string => `${JSON.stringify(mark, null, 2)}\n`;

/** null: the text is not a valid mark, for example because the file is damaged. */
export const parseMark = (text: string): OwnerMark | null => tryParseJsonAs(text, ownerMarkSchema);

const pathOf = (workflow: string): string => join(workflow, OWNER_FILE);

/** null if there is no mark. @throws LinkRefused; the file system's error */
export async function readMark(workflow: string): Promise<string | null> {
  await unlessMissing(refuseLink(workflow), null);
  return unlessMissing(readOwnText(pathOf(workflow)), null);
}

/**
 * Creates the mark if there is none. If several services try this, only one succeeds.
 * @throws LinkRefused; the file system's error
 */
export async function createMark(workflow: string, text: string): Promise<boolean> {
  await makeOneDirectory(workflow);
  const temporary = pathBesideMark(workflow, 'tmp');
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

/** Writes the next heartbeat to the mark of this service. @throws the file system's error */
export const replaceMark = (workflow: string, text: string): Promise<void> =>
  writeFileAtomic(pathOf(workflow), text);

/**
 * Removes the mark if it has this text. It is renamed first, which only one of several services can do, and
 * restored if another service has created a new mark meanwhile.
 * @returns whether the mark was removed
 */
export async function removeMark(workflow: string, text: string): Promise<boolean> {
  const renamed = pathBesideMark(workflow, 'old');
  const isMoved = await unlessMissing(
    rename(pathOf(workflow), renamed).then(() => true),
    false,
  );
  if (!isMoved) return true;
  const isSame = (await readOwnText(renamed)) === text;
  if (!isSame) await link(renamed, pathOf(workflow)).catch(ignoreExisting);
  await rm(renamed, { force: true });
  return isSame;
}

function ignoreExisting(error: unknown): void {
  if (!hasErrorCode(error, 'EEXIST')) throw error;
}

const pathBesideMark = (workflow: string, extension: 'tmp' | 'old'): string =>
  join(workflow, `${OWNER_FILE}.${randomBytes(6).toString('hex')}.${extension}`);
