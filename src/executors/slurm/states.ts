import { keyInFile, keyOf } from '../../contract/config-keys.ts';
import type { Phase } from '../core/driver.ts';

/**
 * Meaning of a job's state in squeue and sacct. A state that is not listed counts as `running`.
 */
const PHASES: Readonly<Record<string, Phase>> = {
  PENDING: 'waiting',
  CONFIGURING: 'waiting',
  REQUEUED: 'waiting',
  REQUEUE_FED: 'waiting',
  REQUEUE_HOLD: 'waiting',
  RESV_DEL_HOLD: 'waiting',
  SPECIAL_EXIT: 'waiting',
  RUNNING: 'running',
  COMPLETING: 'running',
  RESIZING: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  STOPPED: 'running',
  SUSPENDED: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled_externally',
  REVOKED: 'cancelled_externally',
  TIMEOUT: 'timeout',
  DEADLINE: 'timeout',
  OUT_OF_MEMORY: 'out_of_memory',
  NODE_FAIL: 'node_failure',
  BOOT_FAIL: 'node_failure',
  PREEMPTED: 'preempted',
};

/** @param state - sacct may add words, as in `CANCELLED by 1000` */
export const phaseOf = (state: string): Phase => PHASES[state.split(' ', 1)[0] ?? ''] ?? 'running';

interface Reason {
  readonly pattern: RegExp;
  readonly text: string;
}

/**
 * Reasons in squeue why a waiting job will not start soon, or will not start without action, and remedies.
 */
const STUCK_REASONS: readonly Reason[] = [
  {
    pattern: /^PartitionTimeLimit|^PartitionConfig|^PartitionNodeLimit/,
    text: `more time or nodes are requested than the partition allows; lower ${keyInFile('slurm.timeLimit')} or choose another partition`,
  },
  {
    pattern: /^PartitionDown|^PartitionInactive/,
    text: 'the partition is down; ask the administrators of the cluster',
  },
  {
    pattern: /^(Assoc|QOS)Grp|^AssocMax|^QOSMax|^MaxMemPerLimit/,
    text: 'a limit of the account or its QOS has been reached; wait until other jobs have ended, or ask for a higher limit',
  },
  {
    pattern: /^(InvalidAccount|AccountNotAllowed|AccountingPolicy)/,
    text: `the account may not use this partition; correct ${keyInFile('account')}`,
  },
  {
    pattern: /^(InvalidQOS|QOSNotAllowed|QOSUsageThreshold|QOSMinGRES)/,
    text: `the QOS may not be used in this partition; correct --qos in ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(BadConstraints|NodeDown|ReqNodeNotAvail|Constraints|Nodes required for job are DOWN)/,
    text: `no available node has the requested resources: nodes are down, drained or reserved; wait for them, or correct ${keyInFile('slurm.constraint')} or ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(JobHeldAdmin|JobHeldUser|launch_failed_requeued_held|JobHoldMaxRequeue)/i,
    text: 'held; release the hold (scontrol release), or stop and resume the session',
  },
  {
    pattern: /^(DependencyNeverSatisfied|Dependency)$/,
    text: `another job must end first; correct --dependency in ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(Reservation|ReservationDeleted)/,
    text: `the reservation has not begun or is not available; correct --reservation in ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(Licenses|BurstBuffer)/,
    text: 'a licence or a burst buffer is not available',
  },
];

/** Slurm keeps requeued jobs waiting for two minutes, and then treats them like other jobs. */
const REQUEUED_TEXT = 'requeued after a node failure or preemption; no action needed';

/**
 * A sentence about jobs that are waiting for this reason; null if the wait is normal, as in a busy cluster.
 * @param isRequeued - whether the jobs had already begun
 */
export function stuckText(reason: string, jobs: number, isRequeued = false): string | null {
  const knownText = STUCK_REASONS.find(({ pattern }) => pattern.test(reason))?.text;
  const text = knownText ?? (isRequeued ? REQUEUED_TEXT : null);
  return text
    ? `${jobs === 1 ? 'A job is' : `${jobs} jobs are`} waiting in Slurm: ${text} (${reason}).`
    : null;
}
