import { Mutex } from '../../base/mutex.ts';
import { runProcess } from '../../base/start-process.ts';
import { CodedError } from '../../contract/errors.ts';
import { type FailedNode, parseAnalyzer } from './analyzer.ts';
import { SITE, SUBMIT_FOLDER } from './documents.ts';
import { failureReason, type Planned, parsePlanned } from './plan-output.ts';
import { parseStatusJson, parseStatusText, type WorkflowStatus } from './status.ts';

/** The commands of Pegasus, in the words of a workflow. Each has a time limit; each failure says why in Pegasus' words. */
export interface PegasusClient {
  /** As pegasus-version prints it: "5.1.2". */
  version(): Promise<string>;
  /** Plans the workflow whose files lie in a directory, and submits it. */
  plan(directory: string): Promise<Planned>;
  /** Starts a workflow again that was removed or failed: only what was not done is done. One call at a time. */
  run(submitDirectory: string): Promise<Planned>;
  status(submitDirectory: string): Promise<WorkflowStatus>;
  remove(submitDirectory: string): Promise<void>;
  /** The nodes that failed. */
  analyze(submitDirectory: string): Promise<FailedNode[]>;
}

export interface PegasusClientOptions {
  /** Where the commands lie; null: in PATH. */
  readonly binDirectory: string | null;
  readonly timeoutMs?: number;
}

/** Planning takes 4 to 6 s on an idle machine, and waits for HTCondor's scheduler, which may be busy. */
const TIMEOUT_MS = 120_000;
/** What a long status of thousands of jobs takes. */
const MAX_OUTPUT_BYTES = 100_000_000;
/** pegasus-analyzer ends so where the workflow failed. */
const EXIT_WORKFLOW_FAILED = 2;

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export function createPegasusClient({ binDirectory, timeoutMs }: PegasusClientOptions): PegasusClient {
  const limitMs = timeoutMs ?? TIMEOUT_MS;
  let known: Promise<string> | null = null;
  /** Two starts within a second both succeed and then end each other: one after the other, over all workflows. */
  const starts = new Mutex();

  /** @throws CodedError PEGASUS_FAILED where it ends with a code that is not expected */
  async function call(
    name: string,
    args: readonly string[],
    expected: readonly number[] = [0],
    cwd = '/',
  ): Promise<Answer> {
    const path = binDirectory === null ? name : `${binDirectory}/${name}`;
    const { stdout, stderr, exitCode, stoppedBy, startFailure } = await runProcess([path, ...args], {
      cwd,
      timeoutMs: limitMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      // Otherwise every plan reports to the makers of Pegasus.
      env: { PEGASUS_METRICS: 'false' },
    });
    if (stoppedBy === 'timed out') throw failed(`${name} did not answer within ${limitMs / 1000} s.`);
    if (exitCode === null) throw failed(`${name} cannot be run: ${startFailure?.message ?? 'unknown'}.`);
    if (!expected.includes(exitCode)) throw failed(`${name} refused: ${failureReason(stdout, stderr)}.`);
    return { stdout, stderr, exitCode };
  }

  const version = (): Promise<string> => {
    known ??= call('pegasus-version', []).then(
      ({ stdout }) => stdout.trim(),
      (error: unknown) => {
        known = null; // it may be installed, or mended, later
        throw error;
      },
    );
    return known;
  };

  return {
    version,
    plan: (directory) =>
      starts.run(async () => {
        const args = ['--conf', 'pegasus.properties', '--cluster', 'label', '--sites', SITE];
        args.push('--output-sites', 'local', '--dir', directory, '--relative-dir', SUBMIT_FOLDER);
        args.push('--cleanup', 'none', '--json', '--submit', 'workflow.yml');
        return parsePlanned((await call('pegasus-plan', args, [0], directory)).stdout);
      }),
    run: (submitDirectory) =>
      starts.run(async () => parsePlanned((await call('pegasus-run', ['--json', submitDirectory])).stdout)),
    async status(submitDirectory) {
      // 5.0 knows no JSON: there, -j asks for something else.
      if (/^5\.0\./.test(await version()))
        return parseStatusText((await call('pegasus-status', ['-l', submitDirectory])).stdout);
      return parseStatusJson((await call('pegasus-status', ['-j', submitDirectory])).stdout);
    },
    async remove(submitDirectory) {
      await call('pegasus-remove', [submitDirectory]);
    },
    async analyze(submitDirectory) {
      const { stdout } = await call('pegasus-analyzer', [submitDirectory], [0, EXIT_WORKFLOW_FAILED]);
      return parseAnalyzer(stdout);
    },
  };
}

/** Whether a command was given up: it may have done its work all the same. */
export const isTimeOut = (error: unknown): boolean => /did not answer/.test((error as Error).message);

const failed = (detail: string): CodedError => new CodedError('PEGASUS_FAILED', detail);
