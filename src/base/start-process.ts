import type { Readable } from 'node:stream';
import { execa, type Options } from 'execa';
import { sendSignal } from './process-group.ts';
import { ProcessOutput } from './process-output.ts';
import type { ProcessResult, StopReason } from './process-result.ts';

/**
 * A captured output, one that is thrown away, one that goes where ours goes, or the descriptor of an open
 * file.
 */
type OutputTarget = 'capture' | 'ignore' | 'inherit' | number;

export interface ProcessOptions {
  readonly cwd?: string;
  /** Beside, or instead of, our environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the program gets our environment too. Default: true. */
  readonly inheritEnv?: boolean;
  /**
   * `held`: a pipe that nobody writes to and that closes when this process dies, however it dies. Default:
   * none.
   */
  readonly stdin?: 'none' | 'held' | { readonly text: string };
  /** Default: captured. */
  readonly stdout?: OutputTarget;
  readonly stderr?: OutputTarget;
  /** Captured outputs as one text, in the order in which they came. Default: false. */
  readonly mergeOutputs?: boolean;
  /** Of both outputs together; a program that prints more is stopped. */
  readonly maxOutputBytes?: number;
  /** Sees standard error as it comes, in pieces; true stops the program firmly. */
  readonly stopsAt?: (text: string) => boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Between the polite signal and the firm one; 0: firm at once. */
  readonly graceMs?: number;
  /**
   * `own`: a process group of its own, and signals go to all of it. `swept`: so too, and what the program
   * leaves behind in its group ends with it. Default: ours; a program in it is ended when this process exits.
   */
  readonly group?: 'ours' | 'own' | 'swept';
}

export interface RunningProcess {
  /** Null where it could not be started. */
  readonly pid: number | null;
  /** Never rejects. */
  readonly ended: Promise<ProcessResult>;
  /** Ends it: politely, then firmly. */
  stop(): void;
}

const DEFAULT_GRACE_MS = 2000;
const DEFAULT_MAX_OUTPUT_BYTES = 20_000_000;

/** Starts a program. @param command - the program, by path or by name in PATH, and its arguments */
export function startProcess(command: readonly string[], options: ProcessOptions = {}): RunningProcess {
  const [program = '', ...args] = command;
  const { signal, timeoutMs, graceMs = DEFAULT_GRACE_MS, group = 'ours' } = options;
  const startMs = performance.now();
  const child = execa(program, args, spawnOptions(options));
  const { pid } = child;
  const target = pid === undefined ? null : group === 'ours' ? pid : -pid;
  let stoppedBy: StopReason | null = null;
  let firmly: NodeJS.Timeout | undefined;
  let hasExited = false;

  const send = (name: NodeJS.Signals) => {
    if (target !== null && (target < 0 || !hasExited)) sendSignal(target, name);
  };
  const stop = (reason: StopReason, patienceMs = graceMs) => {
    stoppedBy ??= reason;
    if (patienceMs === 0) return send('SIGKILL');
    send('SIGTERM');
    firmly ??= setTimeout(() => send('SIGKILL'), patienceMs);
  };
  const output = captureOutput(child, options, stop);
  const onAbort = () => stop('cancelled');
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop('timed out'), timeoutMs);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  child.once('exit', () => {
    hasExited = true;
    if (group === 'swept') send('SIGKILL');
    // Somebody whom it started may hold its outputs open: that is not waited for.
    setTimeout(() => letGo(child), DEFAULT_GRACE_MS).unref();
  });

  const ended = child.then((result): ProcessResult => {
    clearTimeout(timer);
    clearTimeout(firmly);
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

/** Runs a program to its end. As `startProcess`, for callers that have nothing else to do with it. */
export const runProcess = (
  command: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> => startProcess(command, options).ended;

function spawnOptions({ cwd, env = {}, stdin = 'none', ...options }: ProcessOptions) {
  // execa's types know the descriptors 0 to 2 only; it hands any number on to Node.js.
  const targetOf = (output: OutputTarget = 'capture') =>
    output === 'capture' ? 'pipe' : (output as 'ignore' | 'inherit' | 1 | 2);
  const ourInput = stdin === 'none' ? 'ignore' : 'pipe';
  return {
    ...(cwd === undefined ? {} : { cwd }),
    ...(typeof stdin === 'object' ? { input: stdin.text } : {}),
    stdio: [ourInput, targetOf(options.stdout), targetOf(options.stderr)],
    env,
    extendEnv: options.inheritEnv ?? true,
    detached: (options.group ?? 'ours') !== 'ours',
    buffer: false,
    reject: false,
  } satisfies Options;
}

interface Outputs {
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** @returns the texts so far */
function captureOutput(
  { stdout, stderr }: Outputs,
  options: ProcessOptions,
  stop: (reason: StopReason, graceMs?: number) => void,
): () => Pick<ProcessResult, 'stdout' | 'stderr'> {
  const { maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES, stopsAt } = options;
  const output = new ProcessOutput(maxOutputBytes, () => stop('too much output'));
  if (stopsAt)
    stderr?.on('data', (chunk: Buffer) => {
      if (stopsAt(chunk.toString('utf8'))) stop('stopped', 0);
    });
  if (options.mergeOutputs) {
    const both = output.collect([stdout, stderr]);
    return () => ({ stdout: both(), stderr: '' });
  }
  const standard = output.collect([stdout]);
  const error = output.collect([stderr]);
  return () => ({ stdout: standard(), stderr: error() });
}

function letGo({ stdout, stderr }: Outputs): void {
  stdout?.destroy();
  stderr?.destroy();
}
