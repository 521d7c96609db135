import { Transform } from 'node:stream';
import formBody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonExcess } from '../base/json-excess.ts';
import { CodedError } from '../contract/errors.ts';
import { MAX_REVIEWED_MOVIES } from '../contract/review.ts';

/** Limit of a request body: parameters are short. */
export const MAX_BODY_BYTES = 64 * 1024;
/** Limit of a body that is read before the request is authenticated, because it may contain the token. */
export const MAX_UNAUTHENTICATED_BYTES = 4 * 1024;
/** No body of the API nests deeper than an object with a list. */
const MAX_JSON_DEPTH = 4;
/** Maximum number of values in a body: the names of the movies in a review, and a few fields. */
const MAX_JSON_VALUES = MAX_REVIEWED_MOVIES + 100;

const JSON_OR_FORM = /^application\/(json|x-www-form-urlencoded)\b/i;

/** Whether a request may have a body that contains the token and is small enough to be read for this. */
export function mayContainToken({ method, headers }: FastifyRequest): boolean {
  if (method !== 'POST' || !JSON_OR_FORM.test(headers['content-type'] ?? '')) return false;
  if (headers['transfer-encoding'] !== undefined) return true;
  const bytes = Number(headers['content-length']);
  return bytes > 0 && bytes <= MAX_UNAUTHENTICATED_BYTES;
}

/** Accepts forms as `curl -d` sends them, and JSON objects; an empty body is an empty object in both. */
export async function acceptFormsAndJson(app: FastifyInstance): Promise<void> {
  limitUnauthenticatedBodies(app);
  app.removeAllContentTypeParsers();
  await app.register(formBody);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    if (text.trim() === '') return done(null, {});
    const excess = jsonExcess(text, { depth: MAX_JSON_DEPTH, values: MAX_JSON_VALUES });
    if (excess !== null) return done(new CodedError('BAD_REQUEST', `The JSON of the body ${excess}.`));
    void parseJson(request, text, (error, value) => {
      if (error) return done(error);
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isObject) return done(null, value);
      done(new CodedError('BAD_REQUEST', 'The body is JSON, but not a JSON object.'));
    });
  });
}

/** Refuses a body for a URL that does not exist, and a large body before the request is authenticated. */
function limitUnauthenticatedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (request.is404 && request.method !== 'GET') throw new CodedError('NO_SUCH_ROUTE', '');
  });
  app.addHook('preParsing', async (request, _reply, payload) => {
    // `fetch` declares text/plain even for an empty body. The header is removed: there is nothing to parse.
    if (request.headers['content-length'] === '0') delete request.headers['content-type'];
    if (request.authMethod !== null || request.method === 'GET') return;
    if (Number(request.headers['content-length'] ?? 0) > MAX_UNAUTHENTICATED_BYTES) throw tooLargeError();
    if (request.headers['transfer-encoding'] === undefined) return;
    return payload.pipe(limitBytes(MAX_UNAUTHENTICATED_BYTES));
  });
}

/** Passes bytes on, and fails beyond the limit. */
function limitBytes(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) done(tooLargeError());
      else done(null, chunk);
    },
  });
}

const tooLargeError = () => Object.assign(new Error('the body is too large'), { statusCode: 413 });
