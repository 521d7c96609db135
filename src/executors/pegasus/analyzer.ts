/** A node of a failed workflow's graph (not of the cluster), as reported by pegasus-analyzer. */
export interface FailedNode {
  readonly name: string;
  readonly state: string;
  /** Exit code of the first task that failed; null if none is reported. */
  readonly exitCode: number | null;
}

const NODE_TITLE = /^=+([^=\s]+)=+$/;

/**
 * The failed nodes in the output of `pegasus-analyzer SUBMITDIR` (5.0.9, 5.1.2), which exits with code 2 if
 * the workflow failed. Empty if no failed node is reported.
 */
export function parseAnalyzer(text: string): FailedNode[] {
  const nodes: { name: string; state: string; exitCode: number | null }[] = [];
  for (const line of text.split('\n')) {
    const title = NODE_TITLE.exec(line.trim())?.[1];
    if (title !== undefined) nodes.push({ name: title, state: 'unknown', exitCode: null });
    const node = nodes.at(-1);
    if (!node) continue;
    const state = /^\s*last state:\s*(\S+)/.exec(line)?.[1];
    if (state !== undefined) node.state = state;
    const exit = /^\s*exitcode\s*:\s*(-?\d+)/.exec(line)?.[1];
    // Later tasks of a cluster run after a failed one, and may succeed.
    if (exit !== undefined && Number(exit) !== 0) node.exitCode ??= Number(exit);
  }
  return nodes;
}

/** Words for some last states of a node; all other states of a failed node are shown as "failed". */
const STATE_WORDS: Readonly<Record<string, string>> = {
  SUBMIT_FAILED: 'could not be submitted',
  JOB_HELD: 'is held',
  PRE_SCRIPT_FAILED: 'failed in its preparation script',
};

/** What happened to a node, such as `merge_1 failed with exit code 5`. */
export function nodeFailure({ name, state, exitCode }: FailedNode): string {
  const failure = `${name} ${STATE_WORDS[state] ?? 'failed'}`;
  return exitCode === null ? failure : `${failure} with exit code ${exitCode}`;
}
