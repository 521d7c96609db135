import { randomBytes } from 'node:crypto';
import { unlessMissing } from '../base/missing-file.ts';
import type { RealFolder } from '../base/real-folder.ts';

/**
 * Renames a directory that has the name of a record. Otherwise, no record could be written, and the failure
 * of one movie would count as that of the disk.
 * @returns its new name; null if there is no such directory
 * @throws the file system's error
 */
export async function renameIfDirectory(records: RealFolder, name: string): Promise<string | null> {
  const status = await unlessMissing(records.status(name), null);
  if (!status?.isDirectory()) return null;
  const newName = `${name}.${randomBytes(4).toString('hex')}.dir`;
  await records.moveEntry(name, records, newName);
  return newName;
}
