import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PARAMETER_TABLE, type ParameterDeclaration, type ParameterValues } from '../contract/parameters.ts';
import { type ParameterParse, parseParameters, parseSomeParameters } from '../contract/parse-parameters.ts';
import { FaultyFields } from './errors.ts';

/** Header that names what a request gave and no parameter is called. */
export const IGNORED_HEADER = 'x-cryoem-ignored';
const MOST_IGNORED_NAMED = 20;

function metaOf(p: ParameterDeclaration) {
  const types = { number: 'number', integer: 'integer', boolean: 'boolean', text: 'string' } as const;
  return {
    ...(p.kind === 'choice' ? { enum: [...(p.choices ?? [])] } : { type: types[p.kind] }),
    ...(p.minimum === undefined ? {} : { minimum: p.minimum }),
    ...(p.maximum === undefined ? {} : { maximum: p.maximum }),
    ...(p.default === undefined ? {} : { default: p.default }),
    description: `${p.help}${p.unit ? ` Unit: ${p.unit}.` : ''}${p.required ? ' Needed for a start, here or in the config file.' : ''}`,
  };
}

/**
 * The parameters as the API document shows them. It lets every value pass: `parseParameters` knows the spellings of
 * Python and reports all faults at once, which a schema of the query cannot.
 */
export const parametersShape = z.looseObject(
  Object.fromEntries(PARAMETER_TABLE.map((p) => [p.name, z.any().optional().meta(metaOf(p))])),
);

/** What query and body give together; the body wins. */
function given(request: FastifyRequest): Record<string, unknown> {
  const body = typeof request.body === 'object' ? request.body : null;
  const { access_token: _token, ...values } = { ...(request.query as object), ...body } as Record<
    string,
    unknown
  >;
  return values;
}

function take<Values>(parse: ParameterParse<Values>, reply: FastifyReply): Values {
  if (parse.unknown.length > 0) {
    const names = parse.unknown
      .slice(0, MOST_IGNORED_NAMED)
      .map((name) => encodeURIComponent(name.slice(0, 50)));
    reply.header(IGNORED_HEADER, names.join(', '));
  }
  if (!parse.ok) throw new FaultyFields(parse.faults);
  return parse.values;
}

const isBlank = (value: unknown) => value === undefined || value === null || String(value).trim() === '';

/** Parameters of a start; what it leaves out is taken from the config file. @throws FaultyFields */
export function startValues(
  request: FastifyRequest,
  reply: FastifyReply,
  defaults: Partial<ParameterValues>,
): ParameterValues {
  const values = Object.entries(given(request)).filter(([, value]) => !isBlank(value));
  return take(parseParameters({ ...defaults, ...Object.fromEntries(values) }), reply);
}

/** What is given and valid, over the config file's; what is not stays out. `isWhole`: a start would take it. */
export function partialValues(
  request: FastifyRequest,
  defaults: Partial<ParameterValues>,
): { values: Partial<ParameterValues>; isWhole: boolean } {
  const values: Record<string, unknown> = {
    ...defaults,
    ...Object.fromEntries(Object.entries(given(request)).filter(([, value]) => !isBlank(value))),
  };
  const whole = parseParameters(values);
  if (whole.ok) return { values: whole.values, isWhole: true };
  const faulty = new Set(whole.faults.map(({ field }) => field));
  const rest = parseSomeParameters(
    Object.fromEntries(Object.entries(values).filter(([name]) => !faulty.has(name))),
  );
  return { values: rest.ok ? rest.values : {}, isWhole: false };
}

/** As `changedValues`; what the body gives as null or empty is taken back, where a start can do without it. @throws FaultyFields */
export function changedOrTakenBack(request: FastifyRequest, reply: FastifyReply): Partial<ParameterValues> {
  const body = typeof request.body === 'object' ? request.body : null;
  const isTakenBack = ({ name, required }: ParameterDeclaration) =>
    body !== null &&
    Object.hasOwn(body, name) &&
    !required &&
    isBlank((body as Record<string, unknown>)[name]);
  const takenBack = PARAMETER_TABLE.filter(isTakenBack).map(({ name }) => [name, undefined]);
  return { ...changedValues(request, reply), ...Object.fromEntries(takenBack) };
}

/** Parameters that a resume changes. @throws FaultyFields */
export const changedValues = (request: FastifyRequest, reply: FastifyReply): Partial<ParameterValues> =>
  take(parseSomeParameters(given(request)), reply);
