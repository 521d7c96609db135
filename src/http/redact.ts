import type { FastifyBaseLogger, FastifyRequest } from 'fastify';

const REDACTED = '[redacted]';

/**
 * Removes secrets from a text: the token, even if URL-encoded, and the values of fields that usually contain
 * one.
 */
export function createRedactor(token: string): (text: string) => string {
  const spellings = [...new Set([token, encodeURIComponent(token), encodeURI(token)])];
  return (text) => {
    let clean = text.replace(
      /((?:access_token|token|key)["']?\s*(?:=|:|%3d)\s*["']?)[^&\s"'#]+/gi,
      `$1${REDACTED}`,
    );
    clean = clean.replace(/(bearer\s+)\S+/gi, `$1${REDACTED}`);
    for (const spelling of spellings) clean = clean.replaceAll(spelling, REDACTED);
    return clean;
  };
}

/** The path of a request, without the query, which may contain the token. */
export const pathOf = (request: Pick<FastifyRequest, 'url'>): string => request.url.split('?', 1)[0] ?? '';

/** A logger that writes requests and errors without secrets. */
export function redactedLogger(
  logger: FastifyBaseLogger,
  redact: (text: string) => string,
): FastifyBaseLogger {
  return logger.child(
    {},
    {
      serializers: {
        req: (request: FastifyRequest) => ({ method: request.method, path: redact(pathOf(request)) }),
        err: (error: Error & { code?: string }) => ({
          type: error.name,
          code: error.code,
          message: redact(String(error.message)),
          stack: redact(String(error.stack)),
        }),
      },
    },
  );
}
