/**
 * State of a workflow according to `jobstate.log`, to which Pegasus' monitor appends in the submit directory:
 * lines `EPOCH JOB STATE CONDORID|CODE SITE - SEQUENCE` and `EPOCH INTERNAL *** EVENT [VALUE] ***` (Pegasus
 * 5.0.9, 5.1.2). This is the primary source for the end of a workflow: pegasus-status prints "Failure" while
 * jobs are still running, and "Running" while jobs are held. If the monitor ended before DAGMan, DAGMan's own
 * log has the remaining events.
 */
export interface JobstateReading {
  /**
   * Exit status of the workflow's last run: 0 done, 1 a job failed, 2 removed; null while it has not ended.
   */
  readonly exitStatus: number | null;
  /** Number of starts: one, plus one for each time the workflow was resumed. */
  readonly starts: number;
  /** Whether the monitor has ended: nothing is added to this log unless the workflow is started again. */
  readonly isMonitorGone: boolean;
  /** The last state of each node of the graph, in the order of their first appearance. */
  readonly nodes: ReadonlyMap<string, NodeState>;
}

interface NodeState {
  /**
   * State in Pegasus' terms: SUBMIT, GRID_SUBMIT, EXECUTE, JOB_HELD, JOB_SUCCESS, JOB_FAILURE,
   * POST_SCRIPT_SUCCESS ...
   */
  readonly state: string;
  readonly sinceEpochSeconds: number;
  /** Exit code of the node's last run; null before its end. */
  readonly exitCode: number | null;
}

const INTERNAL = /^(\d+) INTERNAL \*\*\* (\w+)(?: (\S+))? \*\*\*\s*$/;
const NODE = /^(\d+) (\S+) (\S+) (\S+)/;

interface WorkflowReading {
  exitStatus: number | null;
  starts: number;
  isMonitorGone: boolean;
  /** Whether the start of the current run is in the log: if DAGMan refuses to start, only its end is. */
  hasLoggedStart: boolean;
}

/** @param text - the log, or its last lines; an incomplete last line is ignored */
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
    workflow.exitStatus = null; // after a resume, the log of the previous run continues
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
