import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode } from '../../base/errors.ts';

/**
 * Paths of all files and links below a folder, relative to it; links are not followed. Empty if there is no
 * folder. @throws every other error of the file system
 */
export function filesBelow(top: string, folder = ''): string[] {
  try {
    return readdirSync(join(top, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(top, path) : [path];
    });
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
