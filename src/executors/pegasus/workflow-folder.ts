import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { removeBelow, statusBelow, tryReadJsonBelow } from '../../base/below.ts';
import { isMissingOrStale } from '../../base/missing-file.ts';
import { sessionFolderOf } from '../../contract/session-folders.ts';
import type { GroupFile, GroupLayout, JobGroup } from '../core/driver.ts';
import { namesIn } from '../core/group-folder.ts';
import { sessionToken } from '../core/session-token.ts';
import { COMMAND, ENVIRONMENT, fillTemplate } from '../jobs/script.ts';
import { siteOptions } from '../slurm/sbatch-options.ts';
import { SUBMIT_FOLDER, workflowFiles } from './documents.ts';
import type { PegasusSettings } from './settings.ts';

const PLAN = 'tasks.json';
const LAUNCHER = 'launch.sh';
const LAUNCHER_TEMPLATE = `#!/bin/sh
# Written by the CryoEM Service. $1 is the number of the job in tasks.json next to this file.
${ENVIRONMENT}
exec ${COMMAND} "$1"
`;
/** Folder of a workflow with later batches of the same cycle. */
const LATER_WORKFLOW = /^workflow-(\d{3,})$/;

/** Pegasus' own submit directory. */
export const submitFolder = (folder: string): string => join(folder, SUBMIT_FOLDER);

/**
 * The first workflow of a cycle is in the folder of the cycle; later ones are in `workflow-002` and so on
 * below it.
 */
export const WORKFLOW_LAYOUT: GroupLayout = {
  async claim(cycleFolder) {
    const names = await namesIn(cycleFolder);
    if (!names.includes(PLAN)) return cycleFolder;
    const numbers = names.map((name) => Number(LATER_WORKFLOW.exec(name)?.[1] ?? 0));
    return join(cycleFolder, `workflow-${String(Math.max(1, ...numbers) + 1).padStart(3, '0')}`);
  },
  async find(cycleFolder) {
    const laterNames = (await namesIn(cycleFolder)).filter((name) => LATER_WORKFLOW.test(name));
    return [cycleFolder, ...laterNames.map((name) => join(cycleFolder, name))];
  },
  nameOf: (folder) => folder,
  // Nothing is removed, because the folder also contains the batch files.
  discard: async () => undefined,
};

/**
 * All files of a workflow except its plan: the input of Pegasus' planner, and the program that runs a job on
 * a node.
 */
export function filesOf(
  { folder, tasks, command }: JobGroup,
  settings: PegasusSettings,
  pegasusHome: string,
): GroupFile[] {
  const { site, clusterSize, environment } = settings;
  const launcher = join(folder, LAUNCHER);
  const files = workflowFiles({
    name: newWorkflowName(folder),
    directory: folder,
    launcher,
    planPath: join(folder, PLAN),
    jobs: tasks.map((_, i) => ({
      id: `job-${i + 1}`,
      task: i + 1,
      label: `slurm-job-${(i % clusterSize) + 1}`,
    })),
    site: { ...site, pegasusHome, sbatchOptions: siteOptions(site.sbatchOptions).words },
  });
  const script = fillTemplate(LAUNCHER_TEMPLATE, environment, command);
  return [
    { name: LAUNCHER, content: script, isProgram: true },
    ...[...files].map(([name, content]) => ({ name, content })),
  ];
}

/**
 * A unique name from project, user, session, cycle and the workflow in the cycle: Pegasus and HTCondor show
 * it, and it is the comment of the Slurm jobs.
 */
function newWorkflowName(folder: string): string {
  const words = LATER_WORKFLOW.test(basename(folder))
    ? [basename(dirname(folder)), basename(folder)]
    : [basename(folder)];
  const session = sessionToken(folder)?.replace(/[^-\w]/g, '-');
  return [...(session === undefined ? [] : [session]), ...words, randomBytes(4).toString('hex')]
    .join('-')
    .replace(/[^-\w]/g, '_');
}

/** The name of a workflow, from its file; null if the file cannot be read. */
export async function storedName(folder: string): Promise<string | null> {
  const path = join(folder, 'workflow.yml');
  const workflow = await tryReadJsonBelow(sessionFolderOf(path), path, workflowSchema, isMissingOrStale);
  return workflow?.name ?? null;
}

const workflowSchema = z.object({ name: z.string() });

/** When the planner last wrote its files, by the clock of the file server; null if there are none. */
export async function planWrittenMs(folder: string): Promise<number | null> {
  const status = await statusBelow(sessionFolderOf(folder), submitFolder(folder), isMissingOrStale);
  return status?.mtimeMs ?? null;
}

/**
 * Whether Pegasus' monitor of an earlier start is still running: until it ends, pegasus-run refuses to start
 * the workflow again.
 */
export const isMonitored = async (folder: string): Promise<boolean> =>
  (await statusBelow(
    sessionFolderOf(folder),
    join(submitFolder(folder), 'monitord.pid'),
    isMissingOrStale,
  )) !== null;

/** Removes the submit directory: the planner refuses one that has been used before. */
export const discardPlan = (folder: string): Promise<void> =>
  removeBelow(sessionFolderOf(folder), submitFolder(folder));
