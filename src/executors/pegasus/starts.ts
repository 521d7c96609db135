import { isTimeOut, type PegasusClient } from './client.ts';
import type { Run } from './runs.ts';
import type { PegasusTimes } from './settings.ts';
import { discardPlan, isMonitored, planAgeMs, progressOf, submitFolder } from './workflow-folder.ts';

/** Within so long after it was submitted HTCondor's DAGMan has begun its log, and after its end Pegasus' monitor has gone. */
const HTCONDOR_MS = 60_000;
/** A workflow that failed is resumed so often: its jobs run the workers, whose failures do not fail it. */
const MOST_RESUMES = 2;

/**
 * Starts workflows, never one that may just have been started: two starts end each other, and nothing tells of a start
 * until DAGMan has begun its log. What a planner may still do, of an earlier service or given up by us, is waited for.
 */
export class Starts {
  private readonly client: PegasusClient;
  private readonly times: Pick<PegasusTimes, 'commandMs'>;
  /** Runs that this service has begun to plan: what lies there half planned is its own. */
  private readonly plannedHere = new WeakSet<Run>();

  constructor(client: PegasusClient, times: Pick<PegasusTimes, 'commandMs'>) {
    this.client = client;
    this.times = times;
  }

  /**
   * Plans and starts a workflow; one that was only planned is started, one that is half planned is planned anew.
   * @returns false: not now
   * @throws CodedError PEGASUS_FAILED
   */
  async planOrRun(run: Run, progress: 'absent' | 'planned'): Promise<boolean> {
    if (performance.now() < run.startNotBeforeMs) return false;
    const ageMs = await planAgeMs(run.folder);
    if (ageMs !== null && ageMs < this.times.commandMs && !this.plannedHere.has(run)) return false;
    this.plannedHere.add(run);
    try {
      if (progress === 'planned') await this.client.run(submitFolder(run.folder));
      else {
        await discardPlan(run.folder);
        await this.client.plan(run.folder);
      }
      return true;
    } catch (error) {
      if (isTimeOut(error)) run.startNotBeforeMs = performance.now() + HTCONDOR_MS;
      throw error;
    }
  }

  /** An earlier service has planned it, and perhaps started it too. */
  async mayBeStarted(run: Run): Promise<boolean> {
    return !this.plannedHere.has(run) && (await progressOf(run.folder)) === 'planned';
  }

  /**
   * Starts a workflow again that has failed.
   * @param starts - how often it was started, by its monitor
   * @returns `later`: pegasus-run would refuse it while its monitor ends; `never`: it was tried often enough
   */
  async resume(run: Run, starts: number): Promise<'resumed' | 'later' | 'never'> {
    if (run.resumes >= MOST_RESUMES) return 'never';
    const endedForMs = performance.now() - (run.endedSinceMs ?? performance.now());
    if (endedForMs < HTCONDOR_MS && (await isMonitored(run.folder))) return 'later';
    run.resumes++;
    await this.client.run(submitFolder(run.folder));
    run.starts = starts + 1;
    run.endedSinceMs = null;
    return 'resumed';
  }
}
