import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isMissingOrStale } from '../../base/missing-file.ts';
import type { Submission } from '../executor.ts';
import { entryOf, readTasks, type Tasks, writeTasks } from '../jobs/folder.ts';
import { siteOptions } from '../jobs/sbatch-options.ts';
import { jobScript } from '../jobs/script.ts';
import { SUBMIT_FOLDER, type Workflow, workflowFiles } from './documents.ts';
import { type JobstateReading, readJobstate } from './jobstate.ts';
import type { PegasusSettings } from './settings.ts';

/**
 * A workflow lies in the folder of its cycle; what joins the cycle later goes into `workflow-002` and so on below it.
 * Beside Pegasus' files lies `tasks.json`, the plan of its jobs; what these write lies there too (`../jobs/folder.ts`).
 */
const LAUNCHER = `#!/bin/sh
# Written by the CryoEM Service. Pegasus names the job of the plan in tasks.json beside this file: $1.
{{environment}}
exec {{command}} "$1"
`;
const LATER = /^workflow-\d{3,}$/;

export interface WorkflowPlace {
  readonly folder: string;
  /** Tokens of the batches of each job. */
  readonly tasks: Tasks['tasks'];
}

export const submitFolder = (folder: string): string => join(folder, SUBMIT_FOLDER);

/** A folder of its own in that of a cycle. */
async function claimFolder(cycleFolder: string): Promise<string> {
  const names = await readdir(cycleFolder);
  if (!names.includes('tasks.json')) return cycleFolder;
  const next =
    Math.max(1, ...names.filter((name) => LATER.test(name)).map((name) => Number(name.slice(9)))) + 1;
  const folder = join(cycleFolder, `workflow-${String(next).padStart(3, '0')}`);
  await mkdir(folder);
  return folder;
}

/**
 * Writes all files of a workflow that does these batches, so many side by side in a job. The plan comes last: a folder
 * that has none holds no workflow.
 */
export async function writeWorkflow(
  cycleFolder: string,
  submissions: readonly Submission[],
  settings: PegasusSettings,
  pegasusHome: string,
): Promise<WorkflowPlace> {
  const folder = await claimFolder(cycleFolder);
  const { moviesPerJob, installDir, node, times, site, environment, threads } = settings;
  const tasks: Tasks['tasks'] = [];
  for (let from = 0; from < submissions.length; from += moviesPerJob)
    tasks.push(submissions.slice(from, from + moviesPerJob).map(entryOf));
  const launcher = join(folder, 'launch.sh');
  const workflow: Workflow = {
    name: [...new Set([basename(cycleFolder), basename(folder)]), randomBytes(4).toString('hex')]
      .join('-')
      .replace(/[^-\w]/g, '_'),
    directory: folder,
    launcher,
    planPath: join(folder, 'tasks.json'),
    jobs: tasks.map((_, i) => ({
      id: `job-${i + 1}`,
      task: i + 1,
      label: `slurm-job-${(i % settings.clusterSize) + 1}`,
    })),
    site: { ...site, pegasusHome, gliteArguments: siteOptions(site.gliteArguments).words },
  };
  const files = workflowFiles(workflow);
  const runner = join(installDir, 'src', 'executors', 'jobs', 'runner.ts');
  await writeFile(launcher, jobScript(LAUNCHER, environment, [node, runner, folder]), { mode: 0o755 });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  const command = settings.command ?? [node, join(installDir, 'bin', 'cryoem'), 'process'];
  await writeTasks(folder, {
    ...{ version: 1, command: [...command], threads, graceMs: times.graceMs, beatMs: times.beatMs },
    tasks,
  });
  return { folder, tasks };
}

/** The workflow that a batch was given to, looked for in the folder of its batch file. */
export async function findWorkflow(cycleFolder: string, token: string): Promise<WorkflowPlace | null> {
  const names = await readdir(cycleFolder).catch(orNothing<string[]>([]));
  const folders = [
    cycleFolder,
    ...names.filter((name) => LATER.test(name)).map((name) => join(cycleFolder, name)),
  ];
  for (const folder of folders) {
    const plan = await readTasks(folder);
    if (plan?.tasks.some((batches) => batches.some((batch) => batch.token === token)))
      return { folder, tasks: plan.tasks };
  }
  return null;
}

/**
 * How far a workflow has come: `absent`: it was not planned, or not to the end; `planned`: it could be started, but
 * nothing says that it was; else what its monitor has written.
 */
export async function progressOf(folder: string): Promise<'absent' | 'planned' | JobstateReading> {
  const submit = submitFolder(folder);
  const text = await readFile(join(submit, 'jobstate.log'), 'utf8').catch(orNothing(null));
  if (text !== null) return readJobstate(text);
  const names = await readdir(submit).catch(orNothing<string[]>([]));
  // HTCondor's DAGMan writes its log before Pegasus' monitor does.
  if (names.some((name) => name.endsWith('.dagman.out'))) return readJobstate('');
  return names.includes('braindump.yml') && names.some((name) => name.endsWith('.dag'))
    ? 'planned'
    : 'absent';
}

/** Age of what a planner that was killed has left, in milliseconds; null where it left nothing. */
export async function planAgeMs(folder: string): Promise<number | null> {
  const found = await stat(submitFolder(folder)).catch(orNothing(null));
  return found === null ? null : Date.now() - found.mtimeMs;
}

/** Pegasus' monitor of an earlier start still works: pegasus-run refuses to start the workflow again meanwhile. */
export const isMonitored = (folder: string): Promise<boolean> =>
  stat(join(submitFolder(folder), 'monitord.pid')).then(() => true, orNothing(false));

/** The planner refuses a submit directory that has been planned into. */
export const discardPlan = (folder: string): Promise<void> =>
  rm(submitFolder(folder), { recursive: true, force: true });

/** For a path that is not there. */
const orNothing =
  <Nothing>(nothing: Nothing) =>
  (error: unknown): Nothing => {
    if (isMissingOrStale(error)) return nothing;
    throw error;
  };
