import type { FastifyBaseLogger, FastifyRequest } from 'fastify';

const HIDDEN = '[redacted]';

/** Takes secrets out of a text: the token itself, in any encoding of a URL, and whatever is given as one. */
export function createRedactor(token: string): (text: string) => string {
  const spellings = [...new Set([token, encodeURIComponent(token), encodeURI(token)])];
  return (text) => {
    let clean = text.replace(
      /((?:access_token|token|key)["']?\s*(?:=|:|%3d)\s*["']?)[^&\s"'#]+/gi,
      `$1${HIDDEN}`,
    );
    clean = clean.replace(/(bearer\s+)\S+/gi, `$1${HIDDEN}`);
    for (const spelling of spellings) clean = clean.replaceAll(spelling, HIDDEN);
    return clean;
  };
}

/** The path that was asked for. The query stays out: it may carry the token, and the route says enough. */
export const pathOf = (request: Pick<FastifyRequest, 'url'>): string => request.url.split('?', 1)[0] ?? '';

/** A logger whose requests and errors come out without secrets. */
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
