import { systemClock } from '../../base/clock.ts';
import type { JobGroup } from '../core/driver.ts';
import { type CommandSettings, runSlurm } from '../slurm/commands.ts';
import { stuckText } from '../slurm/states.ts';
import { storedName } from './workflow-folder.ts';

/** Comment and reason of each pending job; the comment is the name of its workflow. */
const SQUEUE_ARGUMENTS = ['-h', '-r', '-t', 'pending', '-o', '%k|%r'] as const;

/**
 * Why the Slurm jobs of workflows are pending. HTCondor shows such jobs as idle, without a reason, so Slurm
 * itself is queried: at intervals, in the background, for all workflows together. Jobs are recognized by
 * their comment; if the site sets another comment, no reasons are found.
 */
export class PendingJobs {
  private readonly commands: CommandSettings;
  private readonly intervalMs: number;
  private readonly names = new WeakMap<JobGroup, string>();
  /** Reasons of the pending jobs, by workflow. */
  private reasons: ReadonlyMap<string, readonly string[]> = new Map();
  private nextMs = 0;
  private isQuerying = false;

  constructor(commands: CommandSettings, intervalMs: number) {
    this.commands = commands;
    this.intervalMs = intervalMs;
  }

  /** Begins a query for these workflows if one is due. Never rejects. */
  async refresh(groups: readonly JobGroup[]): Promise<void> {
    const nowMs = systemClock.monotonicMs();
    if (this.isQuerying || nowMs < this.nextMs || groups.length === 0) return;
    this.nextMs = nowMs + this.intervalMs;
    this.isQuerying = true;
    try {
      for (const group of groups) await this.readName(group);
      const user = String(process.getuid?.() ?? '');
      const result = await runSlurm(this.commands, 'squeue', ['-u', user, ...SQUEUE_ARGUMENTS]);
      // Without the commands of Slurm on this machine, only the reasons are missing.
      this.reasons = result.ok ? pendingReasons(result.stdout) : new Map();
    } finally {
      this.isQuerying = false;
    }
  }

  /** A sentence for each reason why jobs of a workflow will not start soon, or need action to start. */
  textsFor(group: JobGroup): string[] {
    const reasons = this.reasons.get(this.names.get(group) ?? '') ?? [];
    return [...Map.groupBy(reasons, (reason) => reason)].flatMap(
      ([reason, { length }]) => stuckText(reason, length) ?? [],
    );
  }

  private async readName(group: JobGroup): Promise<void> {
    if (this.names.has(group)) return;
    const name = await storedName(group.folder).catch(() => null);
    if (name !== null) this.names.set(group, name);
  }
}

/** The reasons in the output of squeue, by comment. @param text - lines `comment|reason` */
export function pendingReasons(text: string): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const separator = line.indexOf('|');
    if (separator <= 0) continue;
    const comment = line.slice(0, separator);
    const reason = line.slice(separator + 1).trim();
    const known = reasons.get(comment);
    if (known === undefined) reasons.set(comment, [reason]);
    else known.push(reason);
  }
  return reasons;
}
