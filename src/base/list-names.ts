import { readdir } from 'node:fs/promises';
import { unlessMissing } from './missing-file.ts';

/**
 * The names in a directory, in no particular order; empty if there is no directory.
 * @throws every other error
 */
export const listNames = (directory: string): Promise<string[]> => unlessMissing(readdir(directory), []);
