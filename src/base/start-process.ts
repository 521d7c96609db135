import { Readable } from 'node:stream';
import { execa, type Options } from 'execa';
import { sendSignal } from './process-group.ts';
import { ProcessOutput } from './process-output.ts';
import type { ProcessResult, StopReason } from './process-result.ts';

/** Captured, discarded, inherited from this process, or written to the descriptor of an open file. */
type OutputTarget = 'capture' | 'ignore' | 'inherit' | number;

export interface ProcessOptions {
  readonly cwd?: string;
  /** Variables that are added to the inherited environment, or replace it; see `inheritEnv`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the program inherits the environment of this process. Default: true. */
  readonly inheritEnv?: boolean;
  /** `held`: a pipe without data that closes when this process ends, for whatever reason. Default: none. */
  readonly stdin?: 'none' | 'held' | { readonly text: string };
  /** Default: captured. */
  readonly stdout?: OutputTarget;
  readonly stderr?: OutputTarget;
  /** Captured outputs as one text, in the order of arrival. Default: false. */
  readonly mergeOutputs?: boolean;
  /**
   * Called when the program writes to descriptor 3. If it is given, a pipe is opened at that descriptor.
   */
  readonly onHeartbeat?: (() => void) | undefined;
  /** Limit for both outputs together; a program that prints more is stopped. */
  readonly maxOutputBytes?: number;
  /** Called with each chunk of standard error; true kills the program at once. */
  readonly shouldStop?: (text: string) => boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Time between SIGTERM and SIGKILL; 0: SIGKILL at once. */
  readonly graceMs?: number;
  /**
   * `shared` (default): the process group of this process; the program is killed when this process exits.
   * `own`: a separate process group, to which signals are sent. `ownKilledAtEnd`: like `own`, and what
   * remains of the group is killed when the program ends.
   */
  readonly group?: 'shared' | 'own' | 'ownKilledAtEnd';
}

export interface RunningProcess {
  /** Null if the program could not be started. */
  readonly pid: number | null;
  /** Never rejects. */
  readonly ended: Promise<ProcessResult>;
  /** Ends the program: SIGTERM, then SIGKILL. */
  stop(): void;
}

/** Descriptor of the heartbeat pipe. */
export const HEARTBEAT_FD = 3;
const DEFAULT_GRACE_MS = 2000;
const DEFAULT_MAX_OUTPUT_BYTES = 20_000_000;

/** Starts a program. @param command - the program, by path or by name in PATH, and its arguments */
export function startProcess(command: readonly string[], options: ProcessOptions = {}): RunningProcess {
  const [program = '', ...args] = command;
  const { signal, timeoutMs, graceMs = DEFAULT_GRACE_MS, group = 'shared' } = options;
  const startMs = performance.now();
  const child = execa(program, args, spawnOptions(options));
  const { pid } = child;
  const target = pid === undefined ? null : group === 'shared' ? pid : -pid;
  let stoppedBy: StopReason | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  let hasExited = false;

  const send = (name: NodeJS.Signals) => {
    if (target !== null && (target < 0 || !hasExited)) sendSignal(target, name);
  };
  const stop = (reason: StopReason, killDelayMs = graceMs) => {
    stoppedBy ??= reason;
    if (killDelayMs === 0) return send('SIGKILL');
    send('SIGTERM');
    killTimer ??= setTimeout(() => send('SIGKILL'), killDelayMs);
  };
  const output = captureOutput(child, options, stop);
  const heartbeatPipe: unknown = options.onHeartbeat === undefined ? null : child.stdio[HEARTBEAT_FD];
  if (options.onHeartbeat && heartbeatPipe instanceof Readable) heartbeatPipe.on('data', options.onHeartbeat);
  const onAbort = () => stop('cancelled');
  const timeLimitTimer = timeoutMs === undefined ? undefined : setTimeout(() => stop('timed out'), timeoutMs);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  child.once('exit', () => {
    hasExited = true;
    if (group === 'ownKilledAtEnd') send('SIGKILL');
    // A child of the program may keep the outputs open; do not wait for that child.
    setTimeout(() => {
      closeOutputs(child);
      if (heartbeatPipe instanceof Readable) heartbeatPipe.destroy();
    }, DEFAULT_GRACE_MS).unref();
  });

  const ended = child.then((result): ProcessResult => {
    clearTimeout(timeLimitTimer);
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', onAbort);
    const hasStarted = pid !== undefined;
    return {
      command,
      exitCode: result.exitCode ?? null,
      signal: result.signal ?? null,
      stoppedBy,
      startFailure: hasStarted
        ? null
        : { message: result.originalMessage ?? 'unknown', code: result.code ?? null },
      durationMs: performance.now() - startMs,
      ...output(),
    };
  });
  return { pid: pid ?? null, ended, stop: () => stop('stopped') };
}

/** Runs a program to its end: `startProcess` for callers that only need the result. */
export const runProcess = (
  command: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> => startProcess(command, options).ended;

function spawnOptions({ cwd, env = {}, stdin = 'none', ...options }: ProcessOptions) {
  // execa's types allow the descriptors 0 to 2 only; execa passes any number on to Node.js.
  const targetOf = (output: OutputTarget = 'capture') =>
    output === 'capture' ? 'pipe' : (output as 'ignore' | 'inherit' | 1 | 2);
  const stdinTarget = stdin === 'none' ? 'ignore' : 'pipe';
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(typeof stdin === 'object' ? { input: stdin.text } : {}),
    stdio: [
      stdinTarget,
      targetOf(options.stdout),
      targetOf(options.stderr),
      ...(options.onHeartbeat === undefined ? [] : ['pipe' as const]),
    ],
    env,
    extendEnv: options.inheritEnv ?? true,
    detached: (options.group ?? 'shared') !== 'shared',
    buffer: false,
    reject: false,
  } satisfies Options;
}

interface Outputs {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** @returns a function that returns the texts so far */
function captureOutput(
  { stdout, stderr }: Outputs,
  options: ProcessOptions,
  stop: (reason: StopReason, graceMs?: number) => void,
): () => Pick<ProcessResult, 'stdout' | 'stderr'> {
  const { maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES, shouldStop } = options;
  const output = new ProcessOutput(maxOutputBytes, () => stop('too much output'));
  if (shouldStop)
    stderr?.on('data', (chunk: Buffer) => {
      if (shouldStop(chunk.toString('utf8'))) stop('stopped', 0);
    });
  if (options.mergeOutputs) {
    const mergedText = output.collect([stdout, stderr]);
    return () => ({ stdout: mergedText(), stderr: '' });
  }
  const stdoutText = output.collect([stdout]);
  const stderrText = output.collect([stderr]);
  return () => ({ stdout: stdoutText(), stderr: stderrText() });
}

function closeOutputs({ stdout, stderr }: Outputs): void {
  stdout?.destroy();
  stderr?.destroy();
}
