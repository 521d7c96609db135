import { realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import { runProgram } from './run-program.ts';

const VERSION_TIMEOUT_MS = 30_000;
/** By path, size and time of the file: a worker asks once, and again after an upgrade. */
const known = new Map<string, Promise<string | null>>();

/** The first group of each is the version. */
export interface VersionPatterns {
  /** In what the program prints with `--version`. */
  readonly inAnswer: RegExp;
  /** In the name of its file. */
  readonly inFileName: RegExp;
}

export interface VersionQuestion extends VersionPatterns {
  /** Of the program, in messages. */
  readonly name: string;
  readonly path: string;
}

/** What the program says of its version; where it does not say, its file's name; `null` where that does not either. */
export function versionOf(question: VersionQuestion): Promise<string | null> {
  const file = realpathSync(question.path);
  const { size, mtimeMs } = statSync(file);
  const key = `${file} ${size} ${mtimeMs}`;
  const found = known.get(key) ?? ask(question, file);
  known.set(key, found);
  return found;
}

async function ask(question: VersionQuestion, file: string): Promise<string | null> {
  const { name, path, inAnswer, inFileName } = question;
  const fromName = inFileName.exec(basename(file))?.[1] ?? null;
  try {
    const timeoutMs = VERSION_TIMEOUT_MS;
    const answer = await runProgram({ name, path, args: ['--version'], cwd: '/', timeoutMs });
    return inAnswer.exec(answer)?.[1] ?? fromName;
  } catch (error) {
    if (error instanceof CodedError) return fromName; // a program that cannot run says so when it is to work
    throw error;
  }
}
