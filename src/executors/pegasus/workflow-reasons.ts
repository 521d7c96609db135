import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { PegasusClient } from './client.ts';
import { dagmanLog, readDagman } from './dagman.ts';
import { heldByLogs, heldTexts } from './held.ts';
import type { JobstateReading } from './jobstate.ts';
import type { PegasusTimes } from './settings.ts';

/** Failed nodes that a sentence names. */
const MAX_NODES = 3;

/** Why a workflow does not get on, and why it failed, as far as Pegasus tells. */
export class WorkflowReasons {
  /** A sentence each; empty where it gets on. */
  troubles: readonly string[] = [];
  private readonly submitFolder: string;
  private readonly client: PegasusClient;
  private readonly times: PegasusTimes;
  private nextStatusMs = 0;
  /** HTCondor does not know it: since when that is seen. */
  private goneSinceMs: number | null = null;
  private known: string | null = null;

  constructor(submitFolder: string, client: PegasusClient, times: PegasusTimes) {
    this.submitFolder = submitFolder;
    this.client = client;
    this.times = times;
  }

  /** HTCondor has not known it for long: nobody will log its end. */
  get isGone(): boolean {
    return this.goneSinceMs !== null && systemClock.monotonicMs() - this.goneSinceMs >= this.times.goneMs;
  }

  /** Held jobs count as queued for Pegasus: only this tells that they wait for somebody. Asks now and then. */
  async askStatus(nodes: JobstateReading['nodes']): Promise<void> {
    const nowMs = systemClock.monotonicMs();
    if (nowMs < this.nextStatusMs) return;
    this.nextStatusMs = nowMs + this.times.statusMs;
    try {
      const { held, isGone = false } = await this.client.status(this.submitFolder);
      this.goneSinceMs = isGone ? (this.goneSinceMs ?? nowMs) : null;
      this.troubles = heldTexts(held.length > 0 ? held : await heldByLogs(this.submitFolder, nodes));
    } catch (error) {
      this.goneSinceMs = null;
      // The workflow goes on all the same, and its jobs tell their ends themselves.
      this.troubles = [`How a workflow of Pegasus does is not known: ${messageOf(error)}`];
    }
  }

  /** Why it failed, as a sentence in DAGMan's words or Pegasus'; null where neither says, or not yet. */
  async failure(): Promise<string | null> {
    this.known ??= (await this.dagmanReason()) ?? (await this.analyze());
    return this.known;
  }

  /** It was started again. */
  forgetFailure(): void {
    this.known = null;
    this.goneSinceMs = null;
  }

  private async dagmanReason(): Promise<string | null> {
    const { reason } = readDagman(await dagmanLog(this.submitFolder));
    return reason === null ? null : `DAGMan of HTCondor says: ${reason}.`;
  }

  private async analyze(): Promise<string | null> {
    try {
      const nodes = await this.client.analyze(this.submitFolder);
      const sentences = nodes.map(({ name, state, exitCode }) =>
        exitCode === null ? `${name} is ${state}` : `${name} is ${state} with exit code ${exitCode}`,
      );
      return sentences.length === 0
        ? null
        : `pegasus-analyzer says: ${sentences.slice(0, MAX_NODES).join(', ')}.`;
    } catch (error) {
      return `Why is not known: ${messageOf(error)}`;
    }
  }
}
