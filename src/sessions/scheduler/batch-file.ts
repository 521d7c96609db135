import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { listBelow, makeFolderBelow } from '../../base/below.ts';
import { BATCH_VERSION, type Batch, type BatchMovie } from '../../contract/batch.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { Recipe } from '../../contract/recipe.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import { isPath } from '../discovery/references.ts';
import type { SessionPaths } from '../names.ts';

/** Paths of a batch file and its log: `workflow/cycle-000001/batch-001.json` and `.log`. */
export interface BatchPaths {
  /** Relative to `workflow`, without extension: `cycle-000001/batch-001`. */
  readonly name: string;
  readonly path: string;
  readonly logPath: string;
  /** Unique name of the submission. */
  readonly token: string;
}

const cycleFolder = (cycle: number): string => `cycle-${String(cycle).padStart(6, '0')}`;
export const CYCLE_FOLDER = /^cycle-(\d{6,})$/;
export const BATCH_FILE = /^(batch-(\d+))\.json$/;
const BATCH_FILE_OR_LOG = /^batch-(\d+)\.(?:json|log)$/;

export const batchPath = ({ workflow }: SessionPaths, name: string): string => join(workflow, `${name}.json`);
export const batchLogPath = ({ workflow }: SessionPaths, name: string): string =>
  join(workflow, `${name}.log`);

/**
 * The paths of the next batch of a cycle, whose folder is created if necessary.
 * @throws the file system's error
 */
export async function nextBatchPaths(paths: SessionPaths, cycle: number): Promise<BatchPaths> {
  const { root, workflow } = paths;
  const folder = cycleFolder(cycle);
  await makeFolderBelow(root, workflow);
  await makeFolderBelow(root, join(workflow, folder));
  const names = await listBelow(root, join(workflow, folder));
  const numbers = names.map((name) => Number(BATCH_FILE_OR_LOG.exec(name)?.[1] ?? 0));
  const file = `batch-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`;
  const name = `${folder}/${file}`;
  return {
    name,
    path: batchPath(paths, name),
    logPath: batchLogPath(paths, name),
    token: `c${cycle}-${file}-${randomBytes(6).toString('hex')}`,
  };
}

/**
 * The header and metadata of each movie are compared with those of this many movies of its session, the first
 * ones: one of them may be the movie itself, and one may be unusual.
 */
export const MAX_PEERS = 4;

/** The content of a batch file. */
export function batchOf(
  { settings }: Context,
  executor: Executor,
  work: {
    readonly token: string;
    readonly paths: Pick<SessionPaths, 'root' | 'raw' | 'processed'>;
    readonly recipe: Recipe;
    /** Parameters with which processing was started. */
    readonly parameters: Partial<ParameterValues>;
    readonly movies: readonly BatchMovie[];
    /** First movies of the session, relative to raw. */
    readonly peers: readonly string[];
  },
): Batch {
  return {
    version: BATCH_VERSION,
    token: work.token,
    root: work.paths.root,
    named: givenReferences(work.recipe, work.parameters),
    ...(settings.discovery.linkDirs.length > 0 ? { linkRoots: [...settings.discovery.linkDirs] } : {}),
    ...(settings.discovery.refusesHalfSizeGain ? { halfSizeGain: 'refuse' } : {}),
    peers: [...work.peers],
    rawDir: work.paths.raw,
    processedDir: work.paths.processed,
    recipe: work.recipe,
    programs: settings.programs.paths,
    executor: executor.name,
    threads: executor.threadsPerMovie,
    movies: [...work.movies],
  };
}

/** Gain reference and defect map whose paths are in the parameters; others were found by name. */
function givenReferences(
  { gain, defectMapPath }: Recipe,
  { rawgainref, rawdefectsmap }: Partial<ParameterValues>,
): string[] {
  const references = [
    [gain?.path ?? null, rawgainref],
    [defectMapPath, rawdefectsmap],
  ] as const;
  return references.flatMap(([path, parameter]) => (path !== null && isPath(parameter) ? [path] : []));
}
