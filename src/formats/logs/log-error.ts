import { CodedError } from '../../contract/errors.ts';

/** Position of an error in the output of a program. Lines are counted from 1. */
export interface LogLocation {
  readonly file: string;
  readonly line?: number;
  readonly field?: string;
}

/** Error for output of a program that cannot be parsed; no number is ever substituted for it. */
export function logError(
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

/** A number as printed by C and C++, including infinities and NaN; null for text that is not a number. */
export function parseCNumber(text: string): number | null {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?nan(\([^)]*\))?$/i.test(text) ? Number.NaN : null;
}

/** Parses a number. @throws CodedError PROGRAM_FAILED for text that is not a finite number */
export function finiteNumber(text: string, location: LogLocation): number {
  const value = parseCNumber(text);
  if (value !== null && Number.isFinite(value)) return value;
  throw logError(location, 'a number is missing', 'a finite number', text);
}

/** Result of the parsers in this folder. */
export interface LogReading<Value> {
  readonly value: Value;
  readonly warnings: readonly string[];
}
