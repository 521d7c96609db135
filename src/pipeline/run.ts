import { realpathSync } from 'node:fs';
import { isInside, realPathIfExists } from '../base/real-path.ts';
import type { Batch, BatchMovie } from '../contract/batch.ts';
import { CodedError } from '../contract/errors.ts';
import { BUILTIN_PROGRAM } from '../contract/programs.ts';
import type { JobLocation, MovieIdentity, StepReport } from '../contract/record.ts';
import { OUTPUT_SUFFIXES, type OutputRole } from '../contract/record.ts';
import type { Boundaries } from '../engine/ports.ts';
import type { ProgramResult, Programs } from './adapter.ts';
import type { Pictures } from './pictures.ts';
import type { OutputFolders } from './record-file.ts';
import type { Staging } from './staging.ts';

/** Dependencies of the pipeline; tests replace the programs. */
export interface Tools {
  readonly programs: Programs;
  readonly pictures: Pictures;
  /** Version of this package, for the records. */
  readonly serviceVersion: string;
  /** Node and job of a worker on a cluster; otherwise absent. */
  readonly jobLocation?: JobLocation;
}

export interface Hooks {
  readonly signal?: AbortSignal;
  /** Called repeatedly with the completed fraction, up to 1. */
  readonly onProgress?: (fraction: number) => void;
  /**
   * Called regularly while the work makes progress, like `onProgress`. A worker that calls neither counts as
   * hung.
   */
  readonly onHeartbeat?: () => void;
}

/** Interval of the heartbeats while an external program runs, ms. */
const HEARTBEAT_MS = 2000;

/** The batch without its list of movies. */
export type BatchSettings = Omit<Batch, 'movies' | 'version'>;

/** Where the outputs of a batch go. A folder that a user specifies is trusted; that of a session is not. */
export const outputFoldersOf = ({
  root,
  processedDir,
}: Pick<BatchSettings, 'root' | 'processedDir'>): OutputFolders => ({
  root: root ?? processedDir,
  processed: processedDir,
});

/** State of one movie; each step adds its report, its warnings and its outputs. */
export interface Run {
  readonly batch: BatchSettings;
  readonly movie: BatchMovie;
  readonly moviePath: string;
  readonly tools: Tools;
  readonly hooks: Hooks;
  readonly staging: Staging;
  readonly steps: StepReport[];
  readonly warnings: string[];
  /** Role -> name of an output, relative to processed. */
  readonly files: Partial<Record<OutputRole, string>>;
}

/**
 * Folders in which the real paths of a movie and its references must be. A file below the folder of a session
 * is not read through a link that points outside it, unless its path was given when the session was started.
 */
export function boundariesOf({
  root,
  linkRoots = [],
  named: givenReferences = [],
  rawDir,
  recipe,
}: BatchSettings): Boundaries {
  if (root === undefined) return {};
  const folders = [realpathSync(root), ...linkRoots.flatMap((path) => realPathIfExists(path) ?? [])];
  const boundaryOf = (path: string | null | undefined) =>
    path && isInside(root, path) && !givenReferences.includes(path) ? folders : undefined;
  return {
    movie: boundaryOf(rawDir),
    gain: boundaryOf(recipe.gain?.path),
    defects: boundaryOf(recipe.defectMapPath),
  };
}

/** Name of an output, which is added to the run's files. */
export function nameOutput(run: Run, role: OutputRole): string {
  const name = `${run.movie.base}${OUTPUT_SUFFIXES[role]}`;
  run.files[role] = name;
  return name;
}

/** Identity of the movie for the record. */
export const identityOf = ({
  path,
  base,
  sizeBytes,
  mtimeMs,
  fingerprint,
}: MovieIdentity): MovieIdentity => ({
  path,
  base,
  sizeBytes,
  mtimeMs,
  ...(fingerprint === undefined ? {} : { fingerprint }),
});

/** Runs a step, unless the run was aborted, and records program, command and time. */
export async function runStep<Outcome>(
  run: Run,
  step: { name: StepReport['name']; program: string; version: string },
  work: () => Promise<ProgramResult<Outcome>>,
): Promise<Outcome> {
  run.hooks.signal?.throwIfAborted();
  const startedAt = new Date().toISOString();
  const wallStart = performance.now();
  const cpuStart = process.cpuUsage();
  const { outcome, command, external } = await withHeartbeats(run.hooks, step.program, work);
  const cpu = process.cpuUsage(cpuStart);
  run.steps.push({
    ...step,
    ...(external ? { version: external.version } : {}),
    command,
    startedAt,
    wallSeconds: (performance.now() - wallStart) / 1e3,
    cpuSeconds: external ? null : (cpu.user + cpu.system) / 1e6,
  });
  run.hooks.signal?.throwIfAborted();
  return outcome;
}

/** An external program sends no heartbeats itself, and has a time limit of its own. */
async function withHeartbeats<Value>(
  { onHeartbeat }: Hooks,
  program: string,
  work: () => Promise<Value>,
): Promise<Value> {
  onHeartbeat?.();
  const timer =
    onHeartbeat && program !== BUILTIN_PROGRAM ? setInterval(onHeartbeat, HEARTBEAT_MS) : undefined;
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** The last completed step. */
export function lastStep(run: Run): StepReport {
  const step = run.steps.at(-1);
  if (!step) throw new CodedError('INTERNAL', 'No step has been completed yet.');
  return step;
}

/** Adds the warnings of a step with its name, so that those of a repeated step can be replaced. */
export function warn(run: Run, step: StepReport['name'], warnings: readonly string[]): void {
  run.warnings.push(...warnings.map((warning) => `${step}: ${warning}`));
}
