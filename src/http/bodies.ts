import type { FastifyInstance } from 'fastify';
import { CodedError } from '../contract/errors.ts';

/** Bytes of a request body: parameters are short. */
export const BODY_LIMIT_BYTES = 64 * 1024;

/** Forms as `curl -d` sends them, and JSON objects; an empty body counts as an empty object in both. */
export function acceptFormsAndJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, parseForm(String(body))),
  );
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (String(body).trim() === '') return done(null, {});
    void parseJson(request, String(body), (error, value) => {
      if (error) return done(error);
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isObject) return done(null, value);
      done(new CodedError('BAD_REQUEST', 'The body is JSON, but not an object.'));
    });
  });
}

/** A name given twice becomes a list, as in a query. */
export function parseForm(text: string): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = Object.create(null);
  const params = new URLSearchParams(text);
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name);
    form[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return form;
}
