import { stuckCalls } from '../../base/file-calls.ts';
import { mountPointOf } from '../../base/mount-points.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { StuckFolder } from '../service.ts';
import type { SessionRef } from '../session-ref.ts';

/** Session folders in which a file call currently hangs, without duplicates. */
export function stuckFolders({ hungFolders }: Pick<Discovery, 'hungFolders'>): StuckFolder[] {
  const folders = new Set([...stuckCalls().map(({ top }) => top), ...hungFolders]);
  return [...folders].map((folder) => ({ folder, fileSystem: mountPointOf(folder) }));
}

/** A warning if file calls of a session hang. */
export function stuckWarnings({ paths }: SessionRef): string[] {
  const [call] = stuckCalls().filter(({ top }) => top === paths.root);
  return call ? [`${call.path} does not respond (file system ${mountPointOf(call.path)}).`] : [];
}
