/**
 * Why a program was stopped early: its caller's signal, its time limit, too much output, or a call to `stop`.
 */
export type StopReason = 'cancelled' | 'timed out' | 'too much output' | 'stopped';

/** The result of a program that has ended, successfully or not. Running a program never throws. */
export interface ProcessResult {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Null if a signal ended the program, or if it did not start. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Null if the program ended on its own; otherwise the first reason for which it was stopped. */
  readonly stoppedBy: StopReason | null;
  /** Why the program could not be started; null if it started. */
  readonly startFailure: { readonly message: string; readonly code: string | null } | null;
  readonly durationMs: number;
  /** The captured output as UTF-8; includes standard error if the outputs were merged. */
  readonly stdout: string;
  readonly stderr: string;
}

/** True if the program ended on its own with exit code 0. */
export const isSuccess = (result: ProcessResult): boolean =>
  result.exitCode === 0 && result.stoppedBy === null;
