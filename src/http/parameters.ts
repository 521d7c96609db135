import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PARAMETER_TABLE, type ParameterDeclaration, type ParameterValues } from '../contract/parameters.ts';
import { type ParameterParse, parseParameters, parseSomeParameters } from '../contract/parse-parameters.ts';
import { InvalidFields } from './errors.ts';

/** Response header with the names in the request that are not parameters. */
const IGNORED_HEADER = 'x-cryoem-ignored';
const MAX_IGNORED_NAMES = 20;

function metaOf(p: ParameterDeclaration) {
  const types = { number: 'number', integer: 'integer', boolean: 'boolean', text: 'string' } as const;
  return {
    ...(p.kind === 'choice' ? { enum: [...(p.choices ?? [])] } : { type: types[p.kind] }),
    ...(p.minimum === undefined ? {} : { minimum: p.minimum }),
    ...(p.maximum === undefined ? {} : { maximum: p.maximum }),
    ...(p.default === undefined ? {} : { default: p.default }),
    description: `${p.help}${p.unit ? ` Unit: ${p.unit}.` : ''}${p.required ? ' Required to start processing, here or in the config file.' : ''}`,
  };
}

/**
 * The parameters in the API document. This schema accepts every value: `parseParameters` accepts Python's
 * spellings and reports all invalid fields at once, which a schema of the query cannot do.
 */
export const parametersShape = z.looseObject(
  Object.fromEntries(PARAMETER_TABLE.map((p) => [p.name, z.any().optional().meta(metaOf(p))])),
);

/** Fields of query and body together; the body takes precedence. */
function requestFields(request: FastifyRequest): Record<string, unknown> {
  const { access_token: _token, ...values } = { ...fieldsOf(request.query), ...fieldsOf(request.body) };
  return values;
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** The parsed values; a header of the response lists the ignored fields. @throws InvalidFields */
function valuesOf<Values>(parse: ParameterParse<Values>, reply: FastifyReply): Values {
  if (parse.unknown.length > 0) {
    const names = parse.unknown
      .slice(0, MAX_IGNORED_NAMES)
      .map((name) => encodeURIComponent(name.slice(0, 50)));
    reply.header(IGNORED_HEADER, names.join(', '));
  }
  if (!parse.ok) throw new InvalidFields(parse.errors);
  return parse.values;
}

const isBlank = (value: unknown) => value === undefined || value === null || String(value).trim() === '';

/** Parameters of a start; missing ones are taken from the config file. @throws InvalidFields */
export function startValues(
  request: FastifyRequest,
  reply: FastifyReply,
  defaults: Partial<ParameterValues>,
): ParameterValues {
  const values = Object.entries(requestFields(request)).filter(([, value]) => !isBlank(value));
  return valuesOf(parseParameters({ ...defaults, ...Object.fromEntries(values) }), reply);
}

/**
 * Parameters of the request, and those of the config file that the request does not contain. Invalid ones are
 * omitted. `isComplete`: the parameters are sufficient for a start.
 */
export function partialValues(
  request: FastifyRequest,
  defaults: Partial<ParameterValues>,
): { values: Partial<ParameterValues>; isComplete: boolean } {
  const values: Record<string, unknown> = {
    ...defaults,
    ...Object.fromEntries(Object.entries(requestFields(request)).filter(([, value]) => !isBlank(value))),
  };
  const parsed = parseParameters(values);
  if (parsed.ok) return { values: parsed.values, isComplete: true };
  const invalidNames = new Set(parsed.errors.map(({ field }) => field));
  const validParameters = parseSomeParameters(
    Object.fromEntries(Object.entries(values).filter(([name]) => !invalidNames.has(name))),
  );
  return { values: validParameters.ok ? validParameters.values : {}, isComplete: false };
}

/**
 * Like `changedValues`, but a parameter that is null or empty in the body is reset, unless it is required.
 * @throws InvalidFields
 */
export function changedOrResetValues(request: FastifyRequest, reply: FastifyReply): Partial<ParameterValues> {
  const body = fieldsOf(request.body);
  const isReset = ({ name, required }: ParameterDeclaration) =>
    !required && Object.hasOwn(body, name) && isBlank(body[name]);
  const reset = PARAMETER_TABLE.filter(isReset).map(({ name }) => [name, undefined]);
  return { ...changedValues(request, reply), ...Object.fromEntries(reset) };
}

/** Parameters that a resume changes. @throws InvalidFields */
export const changedValues = (request: FastifyRequest, reply: FastifyReply): Partial<ParameterValues> =>
  valuesOf(parseSomeParameters(requestFields(request)), reply);
