import { CodedError, ERRORS } from '../contract/errors.ts';
import { ServiceRefusal } from './client/refusal.ts';
import { printableText } from './printable.ts';

/** Exit codes of every command; see `main.ts`. */
const FAILED = 1;
const USAGE = 2;
const UNREACHABLE = 3;

/**
 * Prints a message for an error and returns the exit code. Errors of the operating system (a file, a port)
 * are printed as they are. Any other error without a code is a defect of this program and is thrown again.
 */
function reportError(error: unknown): number {
  if (error instanceof ServiceRefusal) {
    printError(error.message);
    return FAILED;
  }
  if (!(error instanceof CodedError)) {
    if (!isSystemError(error)) throw error;
    printError(`error: ${error.message}`);
    return FAILED;
  }
  printError(`${error.message.trimEnd()}\n${ERRORS[error.code].remedy}`);
  if (error.code === 'UNREACHABLE') return UNREACHABLE;
  return error.code === 'BAD_PARAMETERS' || error.code === 'BAD_NAME' ? USAGE : FAILED;
}

const printError = (text: string) => process.stderr.write(`${printableText(text)}\n`);

/** Wraps the action of a command: an error becomes a message and an exit code. */
export function reportingErrors<Arguments extends unknown[]>(action: (...args: Arguments) => Promise<void>) {
  return async (...args: Arguments): Promise<void> => {
    try {
      await action(...args);
    } catch (error) {
      process.exitCode = reportError(error);
    }
  };
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && typeof error.syscall === 'string';

/** Part of the help of every command that uses a running service. */
export const CLIENT_EXIT_CODES =
  '\nExit codes: 0 done, 1 refused (all errors are listed), 2 incorrect usage, 3 the service cannot be reached.';
