import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Path of a command; null if it does not exist or cannot be run. @param binDir - its folder; null: PATH */
export async function commandPath(binDir: string | null, name: string): Promise<string | null> {
  const folders = binDir === null ? (process.env.PATH ?? '').split(delimiter).filter(Boolean) : [binDir];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
