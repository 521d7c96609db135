import { join } from 'node:path';
import { listBelow, tryReadJsonBelow } from '../../base/below.ts';
import { isMissingOrLink } from '../../base/missing-file.ts';
import { type Batch, batchSchema } from '../../contract/batch.ts';
import { BATCH_FILE, batchPath, CYCLE_FOLDER } from '../scheduler/batch-file.ts';
import type { SessionRef } from '../session-ref.ts';

/** A batch file in the workflow folder of a session. */
export interface BatchFile {
  readonly cycle: number;
  /** Relative to `workflow`, without extension: `cycle-000001/batch-001`. */
  readonly name: string;
  readonly path: string;
}

/** The batch files of a session, oldest first. */
export async function batchFilesOf({ paths }: SessionRef): Promise<BatchFile[]> {
  const found: BatchFile[] = [];
  const folders = (await listBelow(paths.root, paths.workflow, isMissingOrLink))
    .filter((name) => CYCLE_FOLDER.test(name))
    .sort();
  for (const folder of folders) {
    const cycle = Number(CYCLE_FOLDER.exec(folder)?.[1]);
    const files = (await listBelow(paths.root, join(paths.workflow, folder), isMissingOrLink)).filter(
      (file) => BATCH_FILE.test(file),
    );
    const numberOf = (file: string) => Number(BATCH_FILE.exec(file)?.[2]);
    for (const file of files.sort((a, b) => numberOf(a) - numberOf(b))) {
      const name = `${folder}/${file.slice(0, -'.json'.length)}`;
      found.push({ cycle, name, path: batchPath(paths, name) });
    }
  }
  return found;
}

/** null if it is damaged or has another version: its movies are then processed again. */
export const readBatch = ({ paths }: SessionRef, { path }: Pick<BatchFile, 'path'>): Promise<Batch | null> =>
  tryReadJsonBelow(paths.root, path, batchSchema, isMissingOrLink);
