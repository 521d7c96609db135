import type { SessionDetail } from '../../../src/contract/api.ts';
import { PARAMETER_TABLE, type ParameterDeclaration } from '../../../src/contract/parameters.ts';
import { type FieldError, parseParameters } from '../../../src/contract/parse-parameters.ts';
import { formWords } from './words.ts';

/** Fields of the start form as a user enters them: a text, or a boolean. */
export type FormValues = Record<string, string | boolean>;

export interface Prefill {
  readonly values: FormValues;
  /** Field -> source of its value. */
  readonly sources: Readonly<Record<string, string>>;
}

const asField = (p: ParameterDeclaration, value: unknown): string | boolean => {
  if (p.kind === 'boolean') return value === true || String(value).toLowerCase() === 'true';
  return value === undefined || value === null ? '' : String(value);
};

/** Start: the values that the service suggests. Resume: the parameters of the last start. */
export function prefill(
  detail: Pick<SessionDetail, 'suggested' | 'parameters'>,
  kind: 'start' | 'resume',
): Prefill {
  const values: FormValues = {};
  const sources: Record<string, string> = {};
  for (const p of PARAMETER_TABLE) {
    const suggestion = kind === 'start' ? detail.suggested[p.name] : undefined;
    const value = kind === 'resume' ? detail.parameters?.[p.name] : suggestion?.value;
    if (suggestion !== undefined) sources[p.name] = suggestion.source;
    values[p.name] = asField(p, value ?? (p.kind === 'boolean' ? p.default : undefined));
  }
  return { values, sources };
}

/**
 * The values to send: nothing for an empty field; a boolean only if it differs from the default or was
 * suggested.
 */
export function toBody(
  values: FormValues,
  sources: Readonly<Record<string, string>>,
): Record<string, string | boolean> {
  const body: Record<string, string | boolean> = {};
  for (const p of PARAMETER_TABLE) {
    const value = values[p.name];
    if (typeof value === 'boolean') {
      if (value !== (p.default ?? false) || p.name in sources) body[p.name] = value;
    } else if (value !== undefined && value.trim() !== '') body[p.name] = value.trim();
  }
  return body;
}

/** Fields of a resume that differ from those of the last start. A cleared field is reset to its default. */
export function changedFields(initial: FormValues, current: FormValues): Record<string, string | boolean> {
  const changes: Record<string, string | boolean> = {};
  for (const p of PARAMETER_TABLE) {
    const value = current[p.name];
    if (value === undefined || value === initial[p.name]) continue;
    changes[p.name] = value === '' && p.default !== undefined ? String(p.default) : value;
  }
  return changes;
}

/** All errors of the form at once, by field, before anything is sent. */
export function errorsOf(values: FormValues): Record<string, string> {
  const parsed = parseParameters(values);
  return parsed.ok ? {} : byField(parsed.errors, values);
}

/** Error messages by field, with the label of a parameter in place of its name. */
export function byField(errors: readonly FieldError[], values: FormValues): Record<string, string> {
  const messages: Record<string, string> = {};
  for (const error of errors) {
    const p = PARAMETER_TABLE.find(({ name }) => name === error.field);
    const value = values[error.field];
    const isMissing = p?.required === true && (value === undefined || value === '');
    messages[error.field] ??= isMissing ? formWords.missing(p.label) : withLabel(error.message, p);
  }
  return messages;
}

const withLabel = (message: string, p: ParameterDeclaration | undefined) =>
  p !== undefined && message.startsWith(`${p.name} `)
    ? `${p.label}${message.slice(p.name.length)}.`
    : message;
