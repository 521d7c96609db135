import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readBelow } from '../base/below.ts';
import { messageOf } from '../base/errors.ts';
import { isInside, realPathIfExists } from '../base/real-path.ts';
import { BATCH_VERSION, type Batch, type BatchMovie, batchSchema } from '../contract/batch.ts';
import { fromEntries } from '../contract/from-entries.ts';
import { parseParameters } from '../contract/parse-parameters.ts';
import {
  BUILTIN_PROGRAM,
  DEFAULT_PROGRAM_SETTINGS,
  type ExternalProgram,
  PROGRAM_TABLE,
  type ProgramSettings,
} from '../contract/programs.ts';
import { sessionFolderOf } from '../contract/session-folders.ts';
import { distinctBases } from '../pipeline/names.ts';
import { recipeFromParameters } from '../pipeline/recipe.ts';

/** An error that lists everything that is wrong with the arguments of the command. */
export class UsageErrors extends Error {
  constructor(errors: readonly string[]) {
    super(errors.map((error) => `error: ${error}`).join('\n'));
    this.name = 'UsageErrors';
  }
}

type Flags = Readonly<Record<string, string | boolean>>;

/**
 * @throws UsageErrors if the file is not a batch (naming every invalid field), or if there are flags for
 * settings that a batch file contains
 */
export async function batchFromFile(path: string, flags: Flags): Promise<Batch> {
  const { json: _json, followStdin: _follow, threads, ...rest } = flags;
  const redundant = Object.keys(rest).map((flag) => `--${parameterName(flag).replaceAll('_', '-')}`);
  if (redundant.length > 0)
    throw new UsageErrors([`a batch file contains all settings: omit ${redundant.join(', ')}`]);
  const threadCount = threads === undefined ? null : threadsOf(threads);
  let content: unknown;
  try {
    const fullPath = resolve(path);
    const text = await readBelow(sessionFolderOf(fullPath), fullPath);
    if (text === null) throw new Error('There is no such file.');
    content = JSON.parse(text);
  } catch (error) {
    throw new UsageErrors([`${path}: ${messageOf(error)}`]);
  }
  const parsed = batchSchema.safeParse(content);
  if (parsed.success) return threadCount === null ? parsed.data : { ...parsed.data, threads: threadCount };
  throw new UsageErrors(
    parsed.error.issues.map((issue) => `${path}: ${issue.path.join('.') || 'batch'}: ${issue.message}`),
  );
}

/** @throws UsageErrors */
function threadsOf(flag: string | boolean): number {
  const threads = Number(flag);
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new UsageErrors(['--threads must be a whole number from 1']);
}

/** A batch of the movies that a user gives on the command line. @throws UsageErrors */
export function batchFromFlags(movies: readonly string[], flags: Flags): Batch {
  const { out, gain, threads = '1', json: _json, followStdin: _follow, alignArguments, ...rest } = flags;
  const parameterFlags = Object.fromEntries(
    Object.entries(rest)
      .filter(([flag]) => !isProgramFlag(flag))
      .map(([flag, value]) => [parameterName(flag), value]),
  );
  if (gain !== undefined) parameterFlags.rawgainref ??= gain;
  const parameters = parseParameters(parameterFlags);
  const threadCount = Number(threads);
  const errors = parameters.ok ? [] : parameters.errors.map((error) => error.message);
  if (typeof out !== 'string') errors.push('--out is missing: the directory for the outputs');
  if (!Number.isInteger(threadCount) || threadCount < 1)
    errors.push('--threads must be a whole number from 1');
  for (const movie of movies)
    if (!statSync(movie, { throwIfNoEntry: false })) errors.push(`no such movie: ${movie}`);
  if (!parameters.ok || typeof out !== 'string' || errors.length > 0) throw new UsageErrors(errors);

  const { rawgainref, rawdefectsmap } = parameters.values;
  const references = [rawgainref, rawdefectsmap].flatMap((path) =>
    path === undefined ? [] : realPathOf(path),
  );
  const paths = [...new Set(movies.map((movie) => resolve(movie)))].filter(
    (path) => !references.includes(realPathOf(path)),
  );
  if (paths.length === 0) throw new UsageErrors(['the gain reference and the defect map are not movies']);
  const rawDir = commonDirectory(paths);
  return {
    version: BATCH_VERSION,
    token: randomUUID(),
    rawDir,
    processedDir: resolve(out),
    recipe: recipeFromParameters(
      parameters.values,
      {
        gainPath: rawgainref === undefined ? null : resolve(rawgainref),
        defectMapPath: rawdefectsmap === undefined ? null : resolve(rawdefectsmap),
      },
      typeof alignArguments === 'string'
        ? { [parameters.values.align_program ?? BUILTIN_PROGRAM]: alignArguments }
        : {},
    ),
    programs: programSettings(flags),
    executor: 'shell',
    threads: threadCount,
    movies: batchMovies(rawDir, paths),
  };
}

/** With links resolved, if the file exists. */
const realPathOf = (path: string): string => realPathIfExists(path) ?? resolve(path);

function batchMovies(rawDir: string, paths: readonly string[]): BatchMovie[] {
  const relativePaths = paths.map((path) => relative(rawDir, path).replaceAll(sep, '/'));
  const bases = distinctBases(relativePaths);
  return relativePaths.map((path, i) => {
    const { size, mtimeMs } = statSync(join(rawDir, path));
    return { path, base: bases[i] ?? path, sizeBytes: size, mtimeMs, attempt: 1 };
  });
}

const isProgramFlag = (flag: string) => PROGRAM_TABLE.some(({ name }) => name === flag);

/** Paths of programs from flags such as `--relion FILE`. */
function programSettings(flags: Flags): ProgramSettings {
  const pathOf = (name: ExternalProgram) => {
    const path = flags[name];
    return typeof path === 'string' ? path : DEFAULT_PROGRAM_SETTINGS[name];
  };
  return {
    ...DEFAULT_PROGRAM_SETTINGS,
    ...fromEntries(PROGRAM_TABLE.map(({ name }) => [name, pathOf(name)])),
  };
}

/** Converts commander's name of a flag to the name of the parameter: `particleSize` to `particle_size`. */
const parameterName = (flag: string) => flag.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function commonDirectory(paths: readonly string[]): string {
  let directory = dirname(paths[0] ?? resolve('x'));
  while (!paths.every((path) => isInside(directory, path))) directory = dirname(directory);
  return directory;
}
