import { systemClock } from '../../base/clock.ts';
import { nodeFailure } from './analyzer.ts';
import { failureSentence, type PegasusClient } from './client.ts';
import { dagmanLog, readDagman } from './dagman.ts';
import { heldByLogs, heldTexts } from './held.ts';
import type { JobstateReading } from './jobstate.ts';
import type { PegasusTimes } from './settings.ts';

/** Maximum number of failed nodes in a sentence. */
const MAX_NODES = 3;

/** Why a workflow makes no progress, and why it failed, according to Pegasus. */
export class WorkflowReasons {
  /** One sentence per problem; empty if the workflow makes progress. */
  problems: readonly string[] = [];
  private readonly submitFolder: string;
  private readonly client: PegasusClient;
  private readonly times: PegasusTimes;
  private nextStatusMs = 0;
  /** Since when the workflow has been unknown to HTCondor; null: it is known. */
  private goneSinceMs: number | null = null;
  private knownFailure: string | null = null;
  private isRestartReported = false;

  constructor(submitFolder: string, client: PegasusClient, times: PegasusTimes) {
    this.submitFolder = submitFolder;
    this.client = client;
    this.times = times;
  }

  /** The workflow has been unknown to HTCondor for `goneMs`: its end will not be logged. */
  get isUnknownToCondor(): boolean {
    return this.goneSinceMs !== null && systemClock.monotonicMs() - this.goneSinceMs >= this.times.goneMs;
  }

  /**
   * Queries the status at intervals. Pegasus counts held jobs as queued; only this query shows that they
   * require action.
   */
  async queryStatus(nodes: JobstateReading['nodes']): Promise<void> {
    const nowMs = systemClock.monotonicMs();
    if (nowMs < this.nextStatusMs) return;
    this.nextStatusMs = nowMs + this.times.statusMs;
    try {
      const { held, isUnknownToCondor = false } = await this.client.status(this.submitFolder);
      this.goneSinceMs = isUnknownToCondor ? (this.goneSinceMs ?? nowMs) : null;
      this.problems = heldTexts(held.length > 0 ? held : await heldByLogs(this.submitFolder, nodes));
    } catch (error) {
      this.goneSinceMs = null;
      // The workflow continues anyway, and its jobs themselves report how they ended.
      this.problems = [`The state of a Pegasus workflow is not known: ${failureSentence(error)}`];
    }
  }

  /** Why the workflow failed, according to DAGMan or Pegasus; null if neither has given a reason yet. */
  async failure(): Promise<string | null> {
    this.knownFailure ??= (await this.dagmanReason()) ?? (await this.analyze());
    return this.knownFailure;
  }

  /** Called when the workflow failed before any of its jobs began, and will be started again. */
  async reportRestart(): Promise<void> {
    if (this.isRestartReported) return;
    this.isRestartReported = true;
    const failure = await this.failure();
    const text =
      'A Pegasus workflow failed before the processing of its movies began, and is being started again.';
    this.problems = [failure === null ? text : `${text} ${failure}`];
  }

  /** Called when the workflow was started again. */
  forgetFailure(): void {
    this.isRestartReported = false;
    this.knownFailure = null;
    this.goneSinceMs = null;
  }

  private async dagmanReason(): Promise<string | null> {
    const { reason } = readDagman(await dagmanLog(this.submitFolder));
    return reason === null ? null : `HTCondor DAGMan reports: ${reason}.`;
  }

  private async analyze(): Promise<string | null> {
    try {
      const nodes = await this.client.analyze(this.submitFolder);
      if (nodes.length === 0) return null;
      const failures = nodes.slice(0, MAX_NODES).map(nodeFailure);
      const otherCount = nodes.length - failures.length;
      const rest = otherCount > 0 ? `, and ${otherCount} more` : '';
      return `pegasus-analyzer reports: ${failures.join(', ')}${rest}.`;
    } catch (error) {
      return `The reason is not known: ${failureSentence(error)}`;
    }
  }
}
