import { keyInFile, keyOf } from '../../contract/config-keys.ts';
import type { Phase } from '../core/driver.ts';

/**
 * Meaning of a job's state in squeue and sacct. A state that this version does not know counts as `running`.
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
  CANCELLED: 'revoked',
  REVOKED: 'revoked',
  TIMEOUT: 'timeout',
  DEADLINE: 'timeout',
  OUT_OF_MEMORY: 'out_of_memory',
  NODE_FAIL: 'node_failure',
  BOOT_FAIL: 'node_failure',
  PREEMPTED: 'preempted',
};

/** @param state - sacct adds to it, as in `CANCELLED by 1000` */
export const phaseOf = (state: string): Phase => PHASES[state.split(' ', 1)[0] ?? ''] ?? 'running';

interface Reason {
  readonly pattern: RegExp;
  readonly text: string;
}

/**
 * Why a job waits that will not start by itself, or not soon: the reasons of squeue, and the remedy for each.
 */
const STUCK: readonly Reason[] = [
  {
    pattern: /^PartitionTimeLimit|^PartitionConfig|^PartitionNodeLimit/,
    text: `they ask for more time or nodes than their partition allows; lower ${keyInFile('slurm.timeLimit')} or choose another partition`,
  },
  {
    pattern: /^PartitionDown|^PartitionInactive/,
    text: 'their partition is down; ask the administrators of the cluster',
  },
  {
    pattern: /^(Assoc|QOS)Grp|^AssocMax|^QOSMax|^MaxMemPerLimit/,
    text: 'a limit of the account or of its quality of service is reached; they start when it allows, or ask for a higher one',
  },
  {
    pattern: /^(InvalidAccount|AccountNotAllowed|AccountingPolicy)/,
    text: `their account may not run here; correct ${keyInFile('account')}`,
  },
  {
    pattern: /^(InvalidQOS|QOSNotAllowed|QOSUsageThreshold|QOSMinGRES)/,
    text: `their quality of service may not run here; correct --qos in ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(BadConstraints|NodeDown|ReqNodeNotAvail|Constraints|Nodes required for job are DOWN)/,
    text: `no available node has the requested resources: nodes are down, drained or reserved; wait for them, or correct ${keyInFile('slurm.constraint')} or ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(JobHeldAdmin|JobHeldUser|launch_failed_requeued_held|JobHoldMaxRequeue)/i,
    text: 'they are held; release them (scontrol release), or stop and resume the session',
  },
  {
    pattern: /^(DependencyNeverSatisfied|Dependency)$/,
    text: `they wait for another job; correct --dependency in ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(Reservation|ReservationDeleted)/,
    text: `they wait for a reservation; correct --reservation in ${keyOf('sbatchOptions')}`,
  },
  {
    pattern: /^(Licenses|BurstBuffer)/,
    text: 'they wait for a licence or a buffer that the cluster does not have free',
  },
];

/** Slurm keeps them waiting for two minutes, and then treats them as other jobs. */
const REQUEUED =
  'their node failed or they were preempted, and Slurm has queued them again; they start automatically';

/**
 * A sentence on jobs that wait for this reason; null if it resolves by itself.
 * @param isRequeued - they had begun before
 */
export function stuckText(reason: string, jobs: number, isRequeued = false): string | null {
  const known = STUCK.find(({ pattern }) => pattern.test(reason))?.text;
  const text = known ?? (isRequeued ? REQUEUED : null);
  return text ? `${jobs === 1 ? 'A job waits' : `${jobs} jobs wait`} in Slurm: ${text} (${reason}).` : null;
}
