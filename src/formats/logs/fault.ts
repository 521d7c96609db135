import { CodedError } from '../../contract/errors.ts';

/** Where in a program's output a fault is. Lines count from 1. */
export interface LogLocation {
  readonly file: string;
  readonly line?: number;
  readonly field?: string;
}

/** The output of a program cannot be parsed. Such output is never treated as a number. */
export function logFault(
  location: LogLocation,
  detail: string,
  expected?: string,
  found?: string,
): CodedError {
  const field = [location.line === undefined ? '' : `line ${location.line}`, location.field ?? ''].filter(
    Boolean,
  );
  return new CodedError('PROGRAM_FAILED', `Its output cannot be parsed: ${detail}.`, {
    file: location.file,
    ...(field.length > 0 ? { field: field.join(' ') } : {}),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found: found.slice(0, 200) }),
  });
}

/** A number as C and C++ print it, infinities and NaN included; null for text that is not a number. */
export function parseCNumber(text: string): number | null {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?nan(\([^)]*\))?$/i.test(text) ? Number.NaN : null;
}

/** @throws CodedError PROGRAM_FAILED for text that is not a finite number */
export function finiteNumber(text: string, location: LogLocation): number {
  const value = parseCNumber(text);
  if (value !== null && Number.isFinite(value)) return value;
  throw logFault(location, 'a number is missing', 'a finite number', text);
}

/** The result of a reader of this folder. */
export interface LogReading<Value> {
  readonly value: Value;
  readonly warnings: readonly string[];
}
