import { CodedError, ERRORS } from '../contract/errors.ts';
import { ServiceRefusal } from './client/refusal.ts';

/** Exit codes of every command; see `main.ts`. */
const FAILED = 1;
const USAGE = 2;
const UNREACHABLE = 3;

/**
 * Turns an error into a message for a person and an exit code. What the machine refuses (a file, a port) is said in its
 * words; any other error without a code is a fault of ours: it is thrown on.
 */
export function reportFault(error: unknown): number {
  if (error instanceof ServiceRefusal) {
    process.stderr.write(`${error.message}\n`);
    return FAILED;
  }
  if (!(error instanceof CodedError)) {
    if (!isSystemError(error)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return FAILED;
  }
  process.stderr.write(`${error.message.trimEnd()}\n${ERRORS[error.code].remedy}\n`);
  if (error.code === 'UNREACHABLE') return UNREACHABLE;
  return error.code === 'BAD_PARAMETERS' || error.code === 'BAD_NAME' ? USAGE : FAILED;
}

/** An action of a command whose errors end in a message and an exit code. */
export function reportingFaults<Arguments extends unknown[]>(action: (...given: Arguments) => Promise<void>) {
  return async (...given: Arguments): Promise<void> => {
    try {
      await action(...given);
    } catch (error) {
      process.exitCode = reportFault(error);
    }
  };
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';

/** Help of every command that talks to a running service. */
export const CLIENT_EXIT_CODES =
  '\nExit codes: 0 done, 1 refused (all faults are listed), 2 wrong usage, 3 the service cannot be reached.';
