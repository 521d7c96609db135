/**
 * Why a program was stopped early: its caller's signal, its time limit, too much output, or a call of `stop`.
 */
export type StopReason = 'cancelled' | 'timed out' | 'too much output' | 'stopped';

/** The result of a program that has ended, successfully or not. Running a program never throws. */
export interface ProcessResult {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Null if a signal ended it, or if it did not start. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Null if it ended by itself; otherwise the first reason. */
  readonly stoppedBy: StopReason | null;
  /** Why it could not be started; null if it was. */
  readonly startFailure: { readonly message: string; readonly code: string | null } | null;
  readonly durationMs: number;
  /** The captured output as UTF-8; includes standard error if the outputs were merged. */
  readonly stdout: string;
  readonly stderr: string;
}

/** True if it ended by itself with exit code 0. */
export const isSuccess = (result: ProcessResult): boolean =>
  result.exitCode === 0 && result.stoppedBy === null;
