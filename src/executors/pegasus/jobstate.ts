/**
 * `jobstate.log`, which Pegasus' monitor appends to in the submit directory: lines `EPOCH JOB STATE
 * CONDORID|CODE SITE - SEQUENCE` and `EPOCH INTERNAL *** EVENT [VALUE] ***` (Pegasus 5.0.9, 5.1.2). The
 * primary source for the end of a workflow: pegasus-status says "Failure" while jobs still run, and "Running"
 * while jobs are held. If the monitor ended before DAGMan did, DAGMan's own log has the rest.
 */
export interface JobstateReading {
  /**
   * Of the workflow since its last start: 0 done, 1 some job failed, 2 removed; null while it has not ended.
   */
  readonly exitStatus: number | null;
  /** Number of starts: one, and one more for each time it was resumed. */
  readonly starts: number;
  /** Its monitor has ended: nothing is added to this log any more, unless the workflow is started again. */
  readonly isMonitorGone: boolean;
  /** The last state of each node, in the order of their first appearance. */
  readonly nodes: ReadonlyMap<string, NodeState>;
}

interface NodeState {
  /**
   * State in Pegasus' terms: SUBMIT, GRID_SUBMIT, EXECUTE, JOB_HELD, JOB_SUCCESS, JOB_FAILURE,
   * POST_SCRIPT_SUCCESS ...
   */
  readonly state: string;
  readonly sinceEpochSeconds: number;
  /** Exit code of the node's last end; null before. */
  readonly exitCode: number | null;
}

const INTERNAL = /^(\d+) INTERNAL \*\*\* (\w+)(?: (\S+))? \*\*\*\s*$/;
const NODE = /^(\d+) (\S+) (\S+) (\S+)/;

interface WorkflowReading {
  exitStatus: number | null;
  starts: number;
  isMonitorGone: boolean;
  /** A DAGMan that refuses to start logs only its end. */
  hasLoggedStart: boolean;
}

/** @param text - the whole log; its last line may be incomplete, and is then ignored */
export function readJobstate(text: string): JobstateReading {
  const workflow: WorkflowReading = {
    exitStatus: null,
    starts: 0,
    isMonitorGone: false,
    hasLoggedStart: false,
  };
  const nodes = new Map<string, NodeState>();
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [, , event, value] = INTERNAL.exec(line) ?? [];
    if (event === undefined) readNode(nodes, line);
    else readEvent(workflow, event, value);
  }
  const { exitStatus, starts, isMonitorGone } = workflow;
  return { exitStatus, starts, isMonitorGone, nodes };
}

function readEvent(workflow: WorkflowReading, event: string, value: string | undefined): void {
  workflow.isMonitorGone = event === 'MONITORD_FINISHED';
  if (event === 'MONITORD_STARTED') workflow.hasLoggedStart = false;
  if (event === 'DAGMAN_STARTED') {
    workflow.starts++;
    workflow.hasLoggedStart = true;
    workflow.exitStatus = null; // a rescue appends to the log of the previous run
  }
  if (event === 'DAGMAN_FINISHED') {
    if (!workflow.hasLoggedStart) workflow.starts++;
    workflow.exitStatus = Number(value);
  }
}

function readNode(nodes: Map<string, NodeState>, line: string): void {
  const [, epoch, name, state = '', value] = NODE.exec(line) ?? [];
  if (name === undefined) return;
  const isEnd = /^(JOB|POST_SCRIPT)_(SUCCESS|FAILURE)$/.test(state);
  nodes.set(name, {
    state,
    sinceEpochSeconds: Number(epoch),
    exitCode: isEnd ? Number(value) : (nodes.get(name)?.exitCode ?? null),
  });
}
