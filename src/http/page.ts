import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';
import { errorResponse } from './errors.ts';
import { pathOf } from './redact.ts';

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>CryoEM Service</title>
<p>The service is running, but its page is not built: run <code>npm run web</code>, then reload.</p>
<p><a href="/docs">HTTP API</a></p></html>`;

const acceptsHtml = (request: FastifyRequest) => request.headers.accept?.includes('text/html') ?? false;

/** Serves the files of the built page. */
export async function registerPage(app: FastifyInstance, webRoot: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webRoot,
    index: 'index.html',
    cacheControl: false,
    decorateReply: false,
    setHeaders(reply, path) {
      // Vite puts a hash of the content into the names of files in assets/.
      const hasHashedName = path.includes('/assets/');
      reply.header('cache-control', hasHashedName ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

/**
 * Handles requests for URLs without a route. The page handles the URLs of its views, so a browser that
 * requests such a URL gets the page; every other client gets a 404 as JSON.
 */
export function handleUnknownRoute(webRoot: string | null) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    const isPage = request.method === 'GET' && acceptsHtml(request) && !pathOf(request).startsWith('/api/');
    if (isPage) {
      const index = webRoot === null ? null : join(webRoot, 'index.html');
      const html = index !== null && existsSync(index) ? readFileSync(index) : NOT_BUILT;
      return reply.code(200).type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html);
    }
    const { status, body } = errorResponse(new CodedError('NO_SUCH_ROUTE', ''));
    return reply.code(status).send(body);
  };
}
