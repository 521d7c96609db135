import { realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import { runProgram } from './run-program.ts';

const VERSION_TIMEOUT_MS = 30_000;
/**
 * Cache by path, size and time of the file: a worker determines a version once, and again after an upgrade.
 */
const versions = new Map<string, Promise<string | null>>();

/** The first group of each regular expression is the version. */
export interface VersionPatterns {
  /** Finds the version in the output of the program with `--version`. */
  readonly inOutput: RegExp;
  /** Finds the version in the name of the executable. */
  readonly inFileName: RegExp;
}

export interface VersionRequest extends VersionPatterns {
  /** Name of the program in messages. */
  readonly name: string;
  readonly path: string;
}

/** The version that the program prints; otherwise that in its file name; otherwise `null`. */
export function versionOf(request: VersionRequest): Promise<string | null> {
  const file = realpathSync(request.path);
  const { size, mtimeMs } = statSync(file);
  const key = `${file} ${size} ${mtimeMs}`;
  const version = versions.get(key) ?? runVersionCommand(request, file);
  versions.set(key, version);
  return version;
}

async function runVersionCommand(request: VersionRequest, file: string): Promise<string | null> {
  const { name, path, inOutput, inFileName } = request;
  const versionInName = inFileName.exec(basename(file))?.[1] ?? null;
  try {
    const timeoutMs = VERSION_TIMEOUT_MS;
    const output = await runProgram({ name, path, args: ['--version'], cwd: '/', timeoutMs });
    return inOutput.exec(output)?.[1] ?? versionInName;
  } catch (error) {
    if (error instanceof CodedError) return versionInName; // the program fails again when it is run
    throw error;
  }
}
