import { join } from 'node:path';
import { removeBelow } from '../../base/below.ts';
import { systemClock } from '../../base/clock.ts';
import { sessionFolderOf, WORKFLOW_FOLDER } from '../../contract/session-folders.ts';
import { namesIn } from '../core/group-folder.ts';
import { progressOf } from './progress.ts';
import { submitFolder, WORKFLOW_LAYOUT } from './workflow-folder.ts';

/** Files in a submit directory that are kept: the plan and the logs. The other 60 are removed. */
const KEPT_FILES = /^(?:braindump\.yml|jobstate\.log|monitord\.(?:done|pid))$|\.(?:dag|dagman\.out)$/;
/** Folders in which Pegasus works, next to its submit directory; they never contain results. */
const SITE_FOLDERS = ['scratch', 'local', 'output'] as const;
const CYCLE_FOLDER = /^cycle-\d+$/;
const EXIT_SUCCESS = 0;
/** DAGMan and its monitor end within a minute of the last job. If not within this time, files are kept. */
const GIVE_UP_MS = 900_000;

/**
 * Removes files of workflows that succeeded: Pegasus leaves about 64 in each submit directory. The files of
 * failed workflows are kept for users.
 */
export class FinishedWorkflows {
  /** Folders of workflows without open batches, and when each was added. */
  private readonly addedMs = new Map<string, number>();
  private readonly prunedSessions = new Set<string>();
  private isPruning = false;

  /** Called when all batches of a workflow succeeded: DAGMan may still be running. */
  add(folder: string): void {
    this.addedMs.set(folder, systemClock.monotonicMs());
  }

  /**
   * Removes the files that can be removed now; one call at a time. Never rejects: files that cannot be
   * removed do no harm.
   */
  async prune(): Promise<void> {
    if (this.isPruning) return;
    this.isPruning = true;
    try {
      for (const [folder, sinceMs] of [...this.addedMs]) await this.pruneOne(folder, sinceMs);
    } finally {
      this.isPruning = false;
    }
  }

  private async pruneOne(folder: string, sinceMs: number): Promise<void> {
    const isLate = systemClock.monotonicMs() - sinceMs > GIVE_UP_MS;
    const isDone = await pruneIfDone(folder).catch(() => true);
    if (isDone || isLate) this.addedMs.delete(folder);
    await this.pruneSession(sessionFolderOf(folder)).catch(() => undefined);
  }

  /** Once per session: prunes those of its workflows that ended while no service was running. */
  private async pruneSession(session: string): Promise<void> {
    if (this.prunedSessions.has(session)) return;
    this.prunedSessions.add(session);
    const workflow = join(session, WORKFLOW_FOLDER);
    const cycles = (await namesIn(workflow)).filter((name) => CYCLE_FOLDER.test(name));
    for (const cycle of cycles)
      for (const folder of await WORKFLOW_LAYOUT.find(join(workflow, cycle))) await pruneIfDone(folder);
  }
}

/** @returns false if the workflow has not ended yet: try again later */
async function pruneIfDone(folder: string): Promise<boolean> {
  const submitDir = submitFolder(folder);
  const unneeded = (await namesIn(submitDir)).filter((name) => !KEPT_FILES.test(name));
  if (unneeded.length === 0) return true;
  const progress = await progressOf(folder);
  if (progress.phase !== 'started' || progress.exitStatus === null || !progress.isMonitorGone) return false;
  if (progress.exitStatus !== EXIT_SUCCESS) return true;
  for (const name of unneeded) await removeBelow(sessionFolderOf(submitDir), join(submitDir, name));
  for (const name of SITE_FOLDERS) await removeBelow(sessionFolderOf(folder), join(folder, name));
  return true;
}
