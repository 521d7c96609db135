import { CodedError } from '../../contract/errors.ts';

/** Where in a program's output something is not as it should be. Lines count from 1. */
export interface LogPlace {
  readonly file: string;
  readonly line?: number;
  readonly field?: string;
}

/** The output of a program cannot be understood. What cannot be understood is never read as a number. */
export function logFault(place: LogPlace, detail: string, expected?: string, found?: string): CodedError {
  const field = [place.line === undefined ? '' : `line ${place.line}`, place.field ?? ''].filter(Boolean);
  return new CodedError('PROGRAM_FAILED', `Its output cannot be understood: ${detail}.`, {
    file: place.file,
    ...(field.length > 0 ? { field: field.join(' ') } : {}),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found: found.slice(0, 200) }),
  });
}

/** Numbers as C and C++ print them. `null` for text that is no number; infinities and NaN are told apart by the caller. */
export function parseCNumber(text: string): number | null {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^[+-]?nan(\([^)]*\))?$/i.test(text) ? Number.NaN : null;
}

/** @throws CodedError PROGRAM_FAILED for text that is no finite number */
export function finiteNumber(text: string, place: LogPlace): number {
  const value = parseCNumber(text);
  if (value !== null && Number.isFinite(value)) return value;
  throw logFault(place, 'a number is missing', 'a finite number', text);
}

/** What a reader of this folder answers with. */
export interface LogReading<Value> {
  readonly value: Value;
  readonly warnings: readonly string[];
}
