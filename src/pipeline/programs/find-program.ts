import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { CodedError } from '../../contract/errors.ts';

/**
 * Path of the executable. A value with a slash is a path; any other is looked up in PATH, as in a shell.
 * @param key - key in the section [programs] of the config file, for the message
 * @throws CodedError PROGRAM_MISSING with the value
 */
export function findProgram(key: string, value: string, path = process.env.PATH ?? ''): string {
  const candidates =
    isAbsolute(value) || value.includes('/')
      ? [resolve(value)]
      : path
          .split(delimiter)
          .filter(Boolean)
          .map((folder) => join(folder, value));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const searchedPath = candidates.length === 1 ? candidates.join() : `${value} in PATH (${path})`;
  throw new CodedError('PROGRAM_MISSING', `Looked for ${searchedPath}.`, {
    field: `[programs] ${key}`,
    expected: 'an executable file',
    found: candidates.some(isFile) ? 'a file that is not executable' : 'none',
  });
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false; // not found or not executable here
  }
}
