/** Who ended a program early: its caller's signal, its time limit, too much output, or a call of `stop`. */
export type StopReason = 'cancelled' | 'timed out' | 'too much output' | 'stopped';

/** A program that has ended, whether well or not. Running a program never throws. */
export interface ProcessResult {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Null where a signal ended it, or where it did not start. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Null where it ended by itself. The first reason counts. */
  readonly stoppedBy: StopReason | null;
  /** Why it could not be started; null where it was. */
  readonly startFailure: { readonly message: string; readonly code: string | null } | null;
  readonly durationMs: number;
  /** What was captured, as UTF-8; standard error is part of it where the outputs were merged. */
  readonly stdout: string;
  readonly stderr: string;
}

/** True where it ended by itself with exit code 0. */
export const isSuccess = (result: ProcessResult): boolean =>
  result.exitCode === 0 && result.stoppedBy === null;
