import { realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import { runProgram } from './run-program.ts';

/** Nothing takes long to say its version. */
const VERSION_TIMEOUT_MS = 30_000;
/** By path, size and time of the file: a worker asks once, and again after an upgrade. */
const known = new Map<string, Promise<string | null>>();

export interface VersionQuestion {
  readonly name: string;
  readonly path: string;
  /** Such as `--version`. */
  readonly argument: string;
  /** Its first group is the version: of what the program says, or of its file's name. */
  readonly inAnswer: RegExp;
  readonly inFileName: RegExp;
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
  const { name, path, argument, inAnswer, inFileName } = question;
  const fromName = inFileName.exec(basename(file))?.[1] ?? null;
  try {
    const timeoutMs = VERSION_TIMEOUT_MS;
    const answer = await runProgram({ name, path, args: [argument], cwd: '/', timeoutMs });
    return inAnswer.exec(answer)?.[1] ?? fromName;
  } catch (error) {
    if (error instanceof CodedError) return fromName; // a program that cannot run says so when it is to work
    throw error;
  }
}
