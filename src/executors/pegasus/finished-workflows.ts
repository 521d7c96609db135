import { join } from 'node:path';
import { removeBelow } from '../../base/below.ts';
import { systemClock } from '../../base/clock.ts';
import { sessionFolderOf, WORKFLOW_FOLDER } from '../../contract/session-folders.ts';
import { namesIn } from '../core/group-folder.ts';
import { progressOf } from './progress.ts';
import { submitFolder, WORKFLOW_LAYOUT } from './workflow-folder.ts';

/** Files in a submit directory that are kept: what was planned, and how it went. The other 60 are removed. */
const KEPT = /^(?:braindump\.yml|jobstate\.log|monitord\.(?:done|pid))$|\.(?:dag|dagman\.out)$/;
/** Folders that Pegasus fills beside its submit directory; results are never in them. */
const SITE_FOLDERS = ['scratch', 'local', 'output'] as const;
const CYCLE_FOLDER = /^cycle-\d+$/;
const DONE = 0;
/** DAGMan and its monitor end within a minute of the last job. After this time, the files are left. */
const GIVE_UP_MS = 900_000;

/**
 * Removes the files that Pegasus no longer needs once a workflow succeeded: it leaves about 64 in each submit
 * directory. Those of failed workflows are kept for users.
 */
export class FinishedWorkflows {
  /** Folders of workflows that have no open batches, and since when. */
  private readonly waiting = new Map<string, number>();
  private readonly sweptSessions = new Set<string>();

  /** Called when all batches of a workflow succeeded: DAGMan may still be running. */
  add(folder: string): void {
    this.waiting.set(folder, systemClock.monotonicMs());
  }

  /** Removes what can be removed now. Never rejects: files that cannot be removed do no harm. */
  async prune(): Promise<void> {
    for (const [folder, sinceMs] of [...this.waiting]) {
      const isLate = systemClock.monotonicMs() - sinceMs > GIVE_UP_MS;
      const isPruned = await pruneIfDone(folder).catch(() => true);
      if (isPruned || isLate) this.waiting.delete(folder);
      await this.sweep(sessionFolderOf(folder)).catch(() => undefined);
    }
  }

  /** Workflows of a session that ended while no service was running; once per session. */
  private async sweep(session: string): Promise<void> {
    if (this.sweptSessions.has(session)) return;
    this.sweptSessions.add(session);
    const workflow = join(session, WORKFLOW_FOLDER);
    const cycles = (await namesIn(workflow)).filter((name) => CYCLE_FOLDER.test(name));
    for (const cycle of cycles)
      for (const folder of await WORKFLOW_LAYOUT.find(join(workflow, cycle))) await pruneIfDone(folder);
  }
}

/** @returns whether nothing is left to be removed, now or later */
async function pruneIfDone(folder: string): Promise<boolean> {
  const submit = submitFolder(folder);
  const unneeded = (await namesIn(submit)).filter((name) => !KEPT.test(name));
  if (unneeded.length === 0) return true;
  const progress = await progressOf(folder);
  if (progress.phase !== 'started' || progress.exitStatus === null || !progress.isMonitorGone) return false;
  if (progress.exitStatus !== DONE) return true;
  for (const name of unneeded) await removeBelow(sessionFolderOf(submit), join(submit, name));
  for (const name of SITE_FOLDERS) await removeBelow(sessionFolderOf(folder), join(folder, name));
  return true;
}
