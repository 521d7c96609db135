import { setTimeout as sleep } from 'node:timers/promises';
import type { PegasusClient } from './client.ts';
import type { PegasusTimes } from './settings.ts';
import { progressOf, submitFolder } from './workflow-folder.ts';

const FIRST_RETRY_MS = 1000;

/**
 * Workflows that nobody wants any more. pegasus-remove fails until DAGMan, some seconds after the start, has begun its
 * log, and where HTCondor is busy (exit code 42): each is asked for until it is done or the workflow has ended by
 * itself. Their batches are forbidden all the same: a job that starts meanwhile ends at once.
 */
export class Removals {
  private readonly client: PegasusClient;
  private readonly times: Pick<PegasusTimes, 'retryMs' | 'commandMs'>;
  private readonly stop: AbortSignal;
  /** By folder: one attempt at a time. */
  private readonly pending = new Map<string, Promise<string | null>>();

  /** @param stop - ends what is pending */
  constructor(client: PegasusClient, times: Pick<PegasusTimes, 'retryMs' | 'commandMs'>, stop: AbortSignal) {
    this.client = client;
    this.times = times;
    this.stop = stop;
  }

  /**
   * Removes a workflow, however often it is asked for.
   * @param starts - of which the end is looked for: that of an earlier one says nothing
   * @returns null, or what Pegasus said where it could not be removed within the time limit of a command
   */
  remove(folder: string, starts: number): Promise<string | null> {
    const known = this.pending.get(folder);
    if (known) return known;
    const work = this.insist(folder, starts).finally(() => this.pending.delete(folder));
    this.pending.set(folder, work);
    return work;
  }

  private async insist(folder: string, starts: number): Promise<string | null> {
    const { retryMs, commandMs } = this.times;
    const untilMs = performance.now() + commandMs;
    for (let waitMs = Math.min(retryMs, FIRST_RETRY_MS); ; waitMs = Math.min(waitMs * 2, retryMs)) {
      try {
        const progress = await progressOf(folder);
        const hasEnded = typeof progress !== 'string' && progress.exitStatus !== null;
        if (hasEnded && progress.starts >= starts) return null;
        await this.client.remove(submitFolder(folder));
        return null;
      } catch (error) {
        const said = (error as Error).message;
        if (performance.now() + waitMs > untilMs) return said;
        await sleep(waitMs, undefined, { signal: this.stop }).catch(() => undefined);
        if (this.stop.aborted) return said;
      }
    }
  }
}
