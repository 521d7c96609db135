import { z } from 'zod';
import { fromEntries } from './from-entries.ts';
import { PARAMETER_TABLE, type ParameterDeclaration, type ParameterValues } from './parameters.ts';

/** Validates values of parameters from a query, a form, flags or a file. */

/** Accepted spellings of a boolean, including those of Python (`True`, `False`) and of FastAPI. */
const TRUE_SPELLINGS = new Set(['true', '1', 'yes', 'on', 't', 'y']);
const FALSE_SPELLINGS = new Set(['false', '0', 'no', 'off', 'f', 'n', 'none', '']);
const MAX_TEXT_LENGTH = 1000;
/** No path with NUL can be opened, and names must be on one line in STAR files and logs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are refused
const PLAIN_TEXT = /^[^\u0000-\u001f\u007f]*$/;

function numberSchema(p: ParameterDeclaration) {
  const unit = p.unit ? ` ${p.unit}` : '';
  let schema = z.number({ error: `${p.name} must be a number${p.unit ? ` (${p.unit})` : ''}` });
  if (p.kind === 'integer') schema = schema.int({ error: `${p.name} must be a whole number` });
  const range = `${p.name} must be from ${p.minimum} to ${p.maximum}${unit}`;
  if (p.minimum !== undefined) schema = schema.min(p.minimum, { error: range });
  if (p.maximum !== undefined) schema = schema.max(p.maximum, { error: range });
  return schema;
}

const toNumber = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;

function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const spelling = value.trim().toLowerCase();
  return TRUE_SPELLINGS.has(spelling) ? true : FALSE_SPELLINGS.has(spelling) ? false : value;
}

function textSchema(p: ParameterDeclaration) {
  const schema = z
    .string({ error: `${p.name} must be text` })
    .trim()
    .min(1)
    .max(MAX_TEXT_LENGTH)
    .regex(PLAIN_TEXT, { error: `${p.name} must not have control characters` });
  if (!p.pattern) return schema;
  const [pattern, description] = p.pattern;
  return schema.regex(new RegExp(`^(${pattern})$`), { error: `${p.name} must be ${description}` });
}

function choiceSchema({ name, choices = [] }: ParameterDeclaration) {
  const toChoice = (value: unknown) => choices.find((choice) => String(choice) === String(value)) ?? value;
  return z.preprocess(
    toChoice,
    z.literal([...choices], { error: `${name} must be one of ${choices.join(', ')}` }),
  );
}

function schemaOf(p: ParameterDeclaration): z.ZodType {
  switch (p.kind) {
    case 'number':
    case 'integer':
      return z.preprocess(toNumber, numberSchema(p));
    case 'boolean':
      return z.preprocess(toBoolean, z.boolean({ error: `${p.name} must be True or False` }));
    case 'choice':
      return choiceSchema(p);
    case 'text':
      return textSchema(p);
  }
}

/** The schema of each parameter's value, whatever its source. */
const PARAMETER_SCHEMAS = fromEntries(PARAMETER_TABLE.map((p) => [p.name, schemaOf(p)] as const));

/** An invalid field, described so that a user can correct it. */
export interface FieldError {
  field: string;
  message: string;
}

export type ParameterParse<Values = ParameterValues> =
  | { ok: true; values: Values; unknown: string[] }
  | { ok: false; errors: FieldError[]; unknown: string[] };

const isBlank = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/**
 * Parses values from a query, a form, flags or a file, and reports all errors at once. Empty values count as
 * missing; names that are not parameters are returned in `unknown`.
 */
export function parseParameters(input: Readonly<Record<string, unknown>>): ParameterParse {
  const { values, errors, unknown } = parse(input, true);
  return errors.length === 0 && isComplete(values)
    ? { ok: true, values, unknown }
    : { ok: false, errors, unknown };
}

/** Like `parseParameters`, but no parameter is required: for changes and for defaults. */
export function parseSomeParameters(
  input: Readonly<Record<string, unknown>>,
): ParameterParse<Partial<ParameterValues>> {
  const { values, errors, unknown } = parse(input, false);
  return errors.length === 0 ? { ok: true, values, unknown } : { ok: false, errors, unknown };
}

interface Parsed {
  /** Valid values only. */
  readonly values: Partial<ParameterValues>;
  readonly errors: FieldError[];
  readonly unknown: string[];
}

function parse(input: Readonly<Record<string, unknown>>, mustBeComplete: boolean): Parsed {
  const values: Record<string, unknown> = {};
  const errors: FieldError[] = [];
  for (const { name, required, help } of PARAMETER_TABLE) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (isBlank(value)) {
      if (mustBeComplete && required) errors.push({ field: name, message: `${name} is missing: ${help}` });
      continue;
    }
    const parsed = PARAMETER_SCHEMAS[name].safeParse(value);
    if (parsed.success) values[name] = parsed.data;
    else errors.push({ field: name, message: parsed.error.issues[0]?.message ?? `${name} is not valid` });
  }
  errors.push(...emptyRanges(values));
  const names: ReadonlySet<string> = new Set(PARAMETER_TABLE.map(({ name }) => name));
  return { values, errors, unknown: Object.keys(input).filter((key) => !names.has(key)) };
}

const isComplete = (values: Partial<ParameterValues>): values is ParameterValues =>
  PARAMETER_TABLE.every(({ name, required }) => !required || values[name] !== undefined);

/**
 * An error for each range whose lower end is not less than its upper end. If only one end is given, the
 * declared default of the other is used.
 */
function emptyRanges(values: Readonly<Record<string, unknown>>): FieldError[] {
  const endOf = (name: string) =>
    Number(values[name] ?? PARAMETER_TABLE.find((p) => p.name === name)?.default ?? Number.NaN);
  return PARAMETER_TABLE.flatMap(({ name: low, lessThan: high }) =>
    high === undefined || endOf(low) < endOf(high)
      ? []
      : [{ field: low, message: `${low} (${endOf(low)}) must be less than ${high} (${endOf(high)})` }],
  );
}
