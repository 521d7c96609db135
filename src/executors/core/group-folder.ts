import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import { listBelow, makeFolderBelow, removeBelow, tryReadTailBelow, writeBelow } from '../../base/below.ts';
import { isMissingOrStale } from '../../base/missing-file.ts';
import { sessionFolderOf } from '../../contract/session-folders.ts';
import { type JobPlan, writeJobPlan } from '../jobs/folder.ts';
import type { GroupFile, GroupLayout } from './driver.ts';
import { sessionToken } from './session-token.ts';

const TOKEN_BYTES = 6;
const PROGRAM_MODE = 0o755;

/** Prefix of the names of the jobs of this service. */
export const jobPrefix = (serviceId: string): string => `cryoem-${serviceId}-`;

/**
 * The usual layout: each group has a folder `<driver>-<token>-<project>.<user>.<session>` next to its batch
 * files, and its jobs are named `cryoem-<service id>-<token>-<project>.<user>.<session>`. A restarted service
 * finds the jobs because their names follow from the names of the folders. Those of earlier versions contain
 * no session.
 */
export function tokenLayout(driver: string, serviceId: string): GroupLayout {
  const pattern = new RegExp(`^${driver}-[a-z0-9]{${2 * TOKEN_BYTES}}(?:-[\\w.=-]+)?$`);
  return {
    claim: async (batchFolder) => {
      const session = sessionToken(batchFolder);
      const token = randomBytes(TOKEN_BYTES).toString('hex');
      return join(batchFolder, [driver, token, ...(session === null ? [] : [session])].join('-'));
    },
    find: async (batchFolder) =>
      (await namesIn(batchFolder))
        .filter((name) => pattern.test(name))
        .map((name) => join(batchFolder, name)),
    nameOf: (folder) => jobPrefix(serviceId) + basename(folder).slice(driver.length + 1),
    discard: (folder) => removeBelow(sessionFolderOf(folder), folder),
  };
}

/** Names in a folder of a session on a shared file system; none if it does not exist, or if it is a link. */
export const namesIn = (folder: string): Promise<string[]> =>
  listBelow(sessionFolderOf(folder), folder, isMissingOrStale);

/**
 * Writes the folder of a group. The plan is written last: a folder without one is not a group.
 * @throws LinkRefused; the file system's error
 */
export async function writeGroupFolder(
  folder: string,
  files: readonly GroupFile[],
  plan: JobPlan,
): Promise<void> {
  const session = sessionFolderOf(folder);
  await makeFolderBelow(session, folder);
  for (const { name, content, isProgram } of files)
    await writeBelow(session, join(folder, name), content, isProgram ? PROGRAM_MODE : undefined);
  await writeJobPlan(folder, plan);
}

/** Name of the log of a job, in the folder of its group: output of the scheduler and the shell. */
export const logName = (task: number | string): string => `task-${task}.log`;
const LOG_TAIL_CHARACTERS = 4000;
/** A character has at most four bytes. */
const LOG_TAIL_BYTES = 4 * LOG_TAIL_CHARACTERS;

/** The last lines of the log of a job; '' if there is no log. */
export async function readLogTail(folder: string, task: number): Promise<string> {
  const path = join(folder, logName(task));
  const tail = await tryReadTailBelow(sessionFolderOf(path), path, LOG_TAIL_BYTES, isMissingOrStale);
  return (tail?.text ?? '').slice(-LOG_TAIL_CHARACTERS);
}
