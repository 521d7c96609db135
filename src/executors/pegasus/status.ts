import { z } from 'zod';
import { CodedError } from '../../contract/errors.ts';

/**
 * Output of pegasus-status for a workflow. Counts are nodes of the graph (including transfers), not movies.
 */
export interface WorkflowStatus {
  readonly unready: number;
  readonly ready: number;
  readonly pre: number;
  readonly queued: number;
  readonly post: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly percentDone: number;
  /**
   * "Running", "Success", "Failure", "Unknown"; null before the start. Can be "Failure" while some jobs are
   * still running.
   */
  readonly state: string | null;
  /** Jobs held by HTCondor, and the reason; they count as queued, and would stay queued for half an hour. */
  readonly held: readonly { readonly job: string; readonly reason: string }[];
  /**
   * The workflow is not running and has nothing in HTCondor's queue, not even DAGMan: its end will not be
   * logged.
   */
  readonly isUnknownToCondor?: true;
}

const count = z.number().int().min(0);
const condorJob = z.object({
  JobStatus: z.number(),
  JobStatusName: z.string().optional(),
  HoldReason: z.string().optional(),
  pegasus_wf_dag_job_id: z.string().optional(),
});
const HELD = 5;
const RUNNING = 'Running';
const statusSchema = z.object({
  dags: z.object({
    root: z.object({
      unready: count,
      ready: count,
      pre: count,
      queued: count,
      post: count,
      succeeded: count,
      failed: count,
      percent_done: z.number(),
      state: z.string().nullable(),
    }),
  }),
  // Absent while nothing is in the queue.
  condor_jobs: z.record(z.string(), z.object({ DAG_CONDOR_JOBS: z.array(condorJob) })).optional(),
});

/**
 * Parses the output of `pegasus-status -j SUBMITDIR`, Pegasus 5.1.
 * @throws CodedError PEGASUS_FAILED if it has another format
 */
export function parseStatusJson(text: string): WorkflowStatus {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw parseError(text);
  }
  const parsed = statusSchema.safeParse(value);
  if (!parsed.success) throw parseError(text, parsed.error.issues[0]?.path.join('.'));
  const { percent_done: percentDone, ...counts } = parsed.data.dags.root;
  const { condor_jobs: queue } = parsed.data;
  const isUnknownToCondor = queue === undefined && counts.state !== RUNNING;
  const jobs = Object.values(queue ?? {}).flatMap((dag) => dag.DAG_CONDOR_JOBS);
  const held = jobs
    .filter((job) => job.JobStatus === HELD)
    .map((job) => ({
      job: job.pegasus_wf_dag_job_id ?? 'unnamed',
      reason: job.HoldReason ?? 'no reason given',
    }));
  return { ...counts, percentDone, held, ...(isUnknownToCondor ? { isUnknownToCondor } : {}) };
}

/**
 * UNRDY READY PRE IN_Q POST DONE FAIL %DONE STATE DAGNAME; numbers may contain commas; `*` marks the root.
 */
const ROOT_LINE = /^\s*((?:[\d,]+\s+){7})(\d+(?:\.\d+)?)\s+(\w+)\s+\*\S+\s*$/;

/**
 * Parses the output of `pegasus-status -l SUBMITDIR`, Pegasus 5.0, which has no JSON output (its `-j` means
 * something else). Held jobs are not shown.
 * @throws CodedError PEGASUS_FAILED if there is no line for the workflow
 */
export function parseStatusText(text: string): WorkflowStatus {
  const [, counts, percent, state] = rootLineOf(text) ?? [];
  if (counts === undefined || percent === undefined || state === undefined) throw parseError(text);
  const words = counts.trim().split(/\s+/);
  const [unready = 0, ready = 0, pre = 0, queued = 0, post = 0, succeeded = 0, failed = 0] = words.map(
    (word) => Number(word.replaceAll(',', '')),
  );
  const percentDone = Number(percent);
  const isUnknownToCondor = queued === 0 && state !== RUNNING;
  const status = { unready, ready, pre, queued, post, succeeded, failed, percentDone, state, held: [] };
  return isUnknownToCondor ? { ...status, isUnknownToCondor } : status;
}

function rootLineOf(text: string): RegExpExecArray | null {
  for (const line of text.split('\n')) {
    const match = ROOT_LINE.exec(line);
    if (match) return match;
  }
  return null;
}

function parseError(text: string, field?: string): CodedError {
  const found = text.trim().split('\n').slice(0, 3).join(' ').slice(0, 300);
  return new CodedError('PEGASUS_FAILED', 'The output of pegasus-status cannot be parsed.', {
    ...(field === undefined ? {} : { field }),
    expected: 'the counts of the workflow',
    found: found === '' ? 'nothing' : found,
  });
}
