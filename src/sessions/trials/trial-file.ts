import { join } from 'node:path';
import { z } from 'zod';
import {
  listBelow,
  makeFolderBelow,
  removeBelow,
  tryReadJsonBelow,
  tryReadTailBelow,
} from '../../base/below.ts';
import { isMissingOrLink } from '../../base/missing-file.ts';
import { recipeSchema } from '../../contract/recipe.ts';
import { movieIdentitySchema } from '../../contract/record.ts';
import type { SessionPaths } from '../names.ts';
import { writeReadableJson } from '../write-json.ts';

const ID = /^trial-[0-9a-f]+$/;

/**
 * `workflow/trial/<id>/trial.json`: parameters and movie of a trial, and whether it has ended, so that it is
 * found again after a restart of the service. Batch, log and results are next to this file, separate from the
 * session.
 */
const trialFileSchema = z.object({
  version: z.literal(1),
  id: z.string().regex(ID),
  movie: movieIdentitySchema.extend({ attempt: z.number().int().min(1) }),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  recipe: recipeSchema,
  executor: z.string().describe('executor of the trial; before its submission, the preferred executor'),
  startedAt: z.iso.datetime(),
  state: z
    .enum(['open', 'cancelled', 'failed'])
    .describe('open: not ended, or its record contains the outcome'),
  message: z.string().nullable().describe('why the trial failed without a record'),
});
export type TrialFile = z.infer<typeof trialFileSchema>;

const TRIALS = 'trial';
const MAX_TAIL_CHARACTERS = 400;
const MAX_TAIL_BYTES = 4096;

/** Folder of all trials of a session. */
const trialsFolder = ({ workflow }: SessionPaths): string => join(workflow, TRIALS);

/** Absolute paths of the files and folders of a trial. */
export function trialPaths(paths: SessionPaths, id: string) {
  const folder = join(trialsFolder(paths), id);
  return {
    root: paths.root,
    folder,
    file: join(folder, 'trial.json'),
    batch: join(folder, 'batch.json'),
    log: join(folder, 'batch.log'),
    processed: join(folder, 'processed'),
  };
}

/** @throws the file system's error */
export async function writeTrialFile(paths: SessionPaths, file: TrialFile): Promise<void> {
  await makeFolderBelow(paths.root, paths.workflow);
  await makeFolderBelow(paths.root, trialsFolder(paths));
  await writeReadableJson(paths.root, trialPaths(paths, file.id).file, file);
}

/**
 * @returns `newest`: the newest trial of a session that can be read; null: there is none. `unreadable`: names
 * of files that cannot be read, relative to `workflow`
 */
export async function readTrialFile(
  paths: SessionPaths,
): Promise<{ newest: TrialFile | null; unreadable: string[] }> {
  const { root } = paths;
  const ids = (await listBelow(root, trialsFolder(paths), isMissingOrLink)).filter((name) => ID.test(name));
  const files = await Promise.all(
    ids.map((id) => tryReadJsonBelow(root, trialPaths(paths, id).file, trialFileSchema, isMissingOrLink)),
  );
  const trials = files.filter((file) => file !== null);
  return {
    newest: trials.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0] ?? null,
    unreadable: ids.filter((_id, i) => files[i] === null).map((id) => `${TRIALS}/${id}/trial.json`),
  };
}

/** @throws LinkRefused; the file system's error */
export const removeTrials = (paths: SessionPaths): Promise<void> =>
  removeBelow(paths.root, trialsFolder(paths));

/** The end of the worker's log; empty if there is no regular file at its path. */
export async function tailOfLog(paths: SessionPaths, id: string): Promise<string> {
  const { root } = paths;
  const tail = await tryReadTailBelow(root, trialPaths(paths, id).log, MAX_TAIL_BYTES, isMissingOrLink);
  return (tail?.text ?? '').trim().slice(-MAX_TAIL_CHARACTERS);
}
