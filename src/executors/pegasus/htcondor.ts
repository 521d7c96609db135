import { systemClock } from '../../base/clock.ts';
import { isSuccess } from '../../base/process-result.ts';
import { runProcess } from '../../base/start-process.ts';
import type { Refusal } from '../core/driver.ts';
import { commandPath } from './command-path.ts';

/** condor_q itself waits about 20 s for a scheduler that does not respond. */
const TIMEOUT_MS = 30_000;
const MAX_REASON_CHARACTERS = 300;

/**
 * Queries the queue of HTCondor, through which Pegasus submits.
 * @param binDir - folder of the commands of Pegasus, where condor_q may also be; null: PATH
 * @returns why HTCondor does not respond; null if it does; `missing`: condor_q is not installed here
 */
export async function queryHtcondor(binDir: string | null): Promise<Refusal | null | 'missing'> {
  const program = (await commandPath(binDir, 'condor_q')) ?? (await commandPath(null, 'condor_q'));
  if (program === null) return 'missing';
  const result = await runProcess([program, '-totals'], { cwd: '/', timeoutMs: TIMEOUT_MS });
  if (isSuccess(result)) return null;
  const reason =
    result.stoppedBy === 'timed out'
      ? `condor_q did not respond within ${TIMEOUT_MS / 1000} s`
      : (result.startFailure?.message ?? reasonIn(result.stderr, result.stdout));
  return { kind: 'unreachable', text: `HTCondor does not respond: ${reason}.` };
}

/** The first line of condor_q's output that looks like an error; some lines begin with dashes. */
function reasonIn(stderr: string, stdout: string): string {
  const lines = [...stderr.split('\n'), ...stdout.split('\n')]
    .map((line) => line.replace(/^[-\s]+/, '').trim())
    .filter((line) => line !== '');
  const line = lines.find((text) => /error|fail|can't|cannot/i.test(text)) ?? lines[0];
  return (line ?? 'condor_q gave no reason').slice(0, MAX_REASON_CHARACTERS).replace(/\.+$/, '');
}

/**
 * Whether HTCondor responds. Queried at intervals in the background, because polls only read files and must
 * not wait.
 */
export class HtcondorProbe {
  refusal: Refusal | null = null;
  /** Since when it has not responded, wall clock; null: it responds. */
  sinceMs: number | null = null;
  private readonly binDir: string | null;
  private readonly intervalMs: number;
  private nextMs = 0;
  private isQuerying = false;

  constructor(binDir: string | null, intervalMs: number) {
    this.binDir = binDir;
    this.intervalMs = intervalMs;
  }

  /** Begins a query if one is due. Never rejects. */
  async refresh(): Promise<void> {
    const nowMs = systemClock.monotonicMs();
    if (this.isQuerying || nowMs < this.nextMs) return;
    this.nextMs = nowMs + this.intervalMs;
    this.isQuerying = true;
    try {
      const result = await queryHtcondor(this.binDir);
      // Without condor_q, nothing is known here; `cryoem doctor` reports that it is missing.
      this.refusal = result === 'missing' ? null : result;
      this.sinceMs = this.refusal === null ? null : (this.sinceMs ?? systemClock.wallMs());
    } finally {
      this.isQuerying = false;
    }
  }
}
