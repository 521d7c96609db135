import { readdir } from 'node:fs/promises';
import { unlessMissing } from './missing-file.ts';

/**
 * The names in a directory, in no certain order; none where there is no directory.
 * @throws every other error
 */
export const listNames = (directory: string): Promise<string[]> => unlessMissing(readdir(directory), []);
