import formBody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { CodedError } from '../contract/errors.ts';

/** Limit of a request body: parameters are short. */
export const MAX_BODY_BYTES = 64 * 1024;

/** Accepts forms as `curl -d` sends them, and JSON objects; an empty body is an empty object in both. */
export async function acceptFormsAndJson(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formBody);
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (String(body).trim() === '') return done(null, {});
    void parseJson(request, String(body), (error, value) => {
      if (error) return done(error);
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isObject) return done(null, value);
      done(new CodedError('BAD_REQUEST', 'The body is JSON, but not a JSON object.'));
    });
  });
}
