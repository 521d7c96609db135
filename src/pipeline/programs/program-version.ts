import { realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import { runProgram } from './run-program.ts';

const VERSION_TIMEOUT_MS = 30_000;
/** Cache by path, size and time of the file: a worker determines it once, and again after an upgrade. */
const known = new Map<string, Promise<string | null>>();

/** The first group of each is the version. */
export interface VersionPatterns {
  /** In the output of the program with `--version`. */
  readonly inAnswer: RegExp;
  /** In the name of its file. */
  readonly inFileName: RegExp;
}

export interface VersionQuestion extends VersionPatterns {
  /** Of the program, in messages. */
  readonly name: string;
  readonly path: string;
}

/** The version that the program prints; otherwise that in its file name; otherwise `null`. */
export function versionOf(question: VersionQuestion): Promise<string | null> {
  const file = realpathSync(question.path);
  const { size, mtimeMs } = statSync(file);
  const key = `${file} ${size} ${mtimeMs}`;
  const found = known.get(key) ?? runVersionCommand(question, file);
  known.set(key, found);
  return found;
}

async function runVersionCommand(question: VersionQuestion, file: string): Promise<string | null> {
  const { name, path, inAnswer, inFileName } = question;
  const fromName = inFileName.exec(basename(file))?.[1] ?? null;
  try {
    const timeoutMs = VERSION_TIMEOUT_MS;
    const answer = await runProgram({ name, path, args: ['--version'], cwd: '/', timeoutMs });
    return inAnswer.exec(answer)?.[1] ?? fromName;
  } catch (error) {
    if (error instanceof CodedError) return fromName; // fails again when it is used
    throw error;
  }
}
