import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { Mutex } from '../../base/mutex.ts';
import { runProcess } from '../../base/start-process.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Refusal } from '../core/driver.ts';
import { type FailedNode, parseAnalyzer } from './analyzer.ts';
import { SITE, SUBMIT_FOLDER } from './documents.ts';
import { failureReason, type PlannedWorkflow, parsePlanned } from './plan-output.ts';
import { parseStatusJson, parseStatusText, type WorkflowStatus } from './status.ts';

/**
 * The commands of Pegasus for a workflow. Each has a time limit; a failure contains the message of Pegasus.
 */
export interface PegasusClient {
  /** Output of pegasus-version: "5.1.2". */
  version(): Promise<string>;
  /** Plans the workflow in a directory, and submits it. */
  plan(directory: string): Promise<PlannedWorkflow>;
  /** Restarts a workflow that was removed or failed: only unfinished jobs run. One call at a time. */
  run(submitDirectory: string): Promise<PlannedWorkflow>;
  status(submitDirectory: string): Promise<WorkflowStatus>;
  remove(submitDirectory: string): Promise<void>;
  /** The nodes of the graph that failed. */
  analyze(submitDirectory: string): Promise<FailedNode[]>;
}

export interface PegasusClientOptions {
  /** Folder of the commands; null: PATH. */
  readonly binDir: string | null;
  readonly timeoutMs?: number;
}

/** Planning takes 4 to 6 s on an idle machine; 88 s were measured on a busy one (Pegasus 5.1.2). */
const TIMEOUT_MS = 300_000;
/** All other commands take a second; polls and stops wait for them. */
const MAX_QUERY_TIMEOUT_MS = 120_000;
/** Exit code of pegasus-analyzer if the workflow failed. */
const EXIT_WORKFLOW_FAILED = 2;

/** A command failed. */
class CommandError extends CodedError {
  /** `unreachable`: it could not be run, or timed out but may have been executed. */
  readonly kind: Refusal['kind'];
  /** Such as `pegasus-run refused: no such workflow.` */
  readonly detail: string;

  constructor(kind: CommandError['kind'], detail: string) {
    super('PEGASUS_FAILED', detail);
    this.kind = kind;
    this.detail = detail;
  }
}

/** The failure of a command as a `Refusal`. */
export function refusalOf(error: unknown): Refusal {
  const kind = error instanceof CommandError ? error.kind : 'refused';
  return { kind, text: messageOf(error) };
}

/** The failure of a command as one sentence, without the general text of its error code. */
export const failureSentence = (error: unknown): string =>
  error instanceof CommandError ? error.detail : messageOf(error);

interface CallOptions {
  /** Exit codes of a success. */
  readonly expected?: readonly number[];
  readonly cwd?: string;
  readonly limitMs?: number;
}

export function createPegasusClient({ binDir, timeoutMs }: PegasusClientOptions): PegasusClient {
  const planTimeoutMs = timeoutMs ?? TIMEOUT_MS;
  const queryTimeoutMs = Math.min(planTimeoutMs, MAX_QUERY_TIMEOUT_MS);
  const starts = new Mutex();
  let cachedVersion: Promise<string> | null = null;

  /**
   * @returns standard output
   * @throws CodedError PEGASUS_FAILED if it exits with an unexpected code
   */
  async function call(
    name: string,
    args: readonly string[],
    { expected = [0], cwd = '/', limitMs = queryTimeoutMs }: CallOptions = {},
  ): Promise<string> {
    const program = binDir === null ? name : join(binDir, name);
    const { stdout, stderr, exitCode, stoppedBy, startFailure } = await runProcess([program, ...args], {
      cwd,
      timeoutMs: limitMs,
      // Otherwise every plan sends usage data to the developers of Pegasus.
      env: { PEGASUS_METRICS: 'false' },
    });
    if (stoppedBy === 'timed out')
      throw new CommandError('unreachable', `${name} did not respond within ${limitMs / 1000} s.`);
    if (startFailure)
      throw new CommandError('unreachable', `${name} cannot be run: ${startFailure.message}.`);
    if (exitCode === null || !expected.includes(exitCode))
      throw new CommandError('refused', `${name} refused: ${failureReason(stdout, stderr)}.`);
    return stdout;
  }

  const version = (): Promise<string> => {
    cachedVersion ??= call('pegasus-version', []).then(
      (stdout) => stdout.trim(),
      (error: unknown) => {
        cachedVersion = null; // Pegasus may be installed or repaired later
        throw error;
      },
    );
    return cachedVersion;
  };

  return {
    version,
    // Two workflows started within a second both start and then abort each other: start one at a time.
    plan: (directory) =>
      starts.run(async () => {
        const args = ['--conf', 'pegasus.properties', '--cluster', 'label', '--sites', SITE];
        args.push('--output-sites', 'local', '--dir', directory, '--relative-dir', SUBMIT_FOLDER);
        // Without this, the planner leaves an empty folder tree USER/pegasus/NAME in the folder of the cycle.
        args.push('--relative-submit-dir', SUBMIT_FOLDER);
        args.push('--cleanup', 'none', '--json', '--submit', 'workflow.yml');
        return parsePlanned(await call('pegasus-plan', args, { cwd: directory, limitMs: planTimeoutMs }));
      }),
    run: (submitDirectory) =>
      starts.run(async () =>
        parsePlanned(await call('pegasus-run', ['--json', submitDirectory], { limitMs: planTimeoutMs })),
      ),
    async status(submitDirectory) {
      // 5.0 has no JSON output: there, -j means something else.
      if (/^5\.0\./.test(await version()))
        return parseStatusText(await call('pegasus-status', ['-l', submitDirectory]));
      return parseStatusJson(await call('pegasus-status', ['-j', submitDirectory]));
    },
    async remove(submitDirectory) {
      await call('pegasus-remove', [submitDirectory]);
    },
    async analyze(submitDirectory) {
      return parseAnalyzer(
        await call('pegasus-analyzer', [submitDirectory], { expected: [0, EXIT_WORKFLOW_FAILED] }),
      );
    },
  };
}
