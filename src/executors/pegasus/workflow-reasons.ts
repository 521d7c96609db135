import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { PegasusClient } from './client.ts';
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
  private known: string | null = null;

  constructor(submitFolder: string, client: PegasusClient, times: PegasusTimes) {
    this.submitFolder = submitFolder;
    this.client = client;
    this.times = times;
  }

  /** Held jobs count as queued for Pegasus: only this tells that they wait for somebody. Asks now and then. */
  async askStatus(progress: Pick<JobstateReading, 'nodes'>): Promise<void> {
    const nowMs = systemClock.monotonicMs();
    if (nowMs < this.nextStatusMs) return;
    this.nextStatusMs = nowMs + this.times.statusMs;
    try {
      const { held } = await this.client.status(this.submitFolder);
      this.troubles = heldTexts(held.length > 0 ? held : await heldByLogs(this.submitFolder, progress));
    } catch (error) {
      // The workflow goes on all the same, and its jobs tell their ends themselves.
      this.troubles = [`How a workflow of Pegasus does is not known: ${messageOf(error)}`];
    }
  }

  /** The nodes that failed, in Pegasus' words; null where it names none, or none yet. */
  async failure(): Promise<string | null> {
    this.known ??= await this.analyze();
    return this.known;
  }

  /** It was started again. */
  forgetFailure(): void {
    this.known = null;
  }

  private async analyze(): Promise<string | null> {
    try {
      const nodes = await this.client.analyze(this.submitFolder);
      const sentences = nodes.map(({ name, state, exitCode }) =>
        exitCode === null ? `${name} is ${state}` : `${name} is ${state} with exit code ${exitCode}`,
      );
      return sentences.length === 0 ? null : sentences.slice(0, MAX_NODES).join(', ');
    } catch (error) {
      return `pegasus-analyzer is ${messageOf(error)}`;
    }
  }
}
