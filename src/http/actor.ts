import type { FastifyRequest } from 'fastify';

/** Name that the user entered in the page, percent-encoded. It is only displayed; it grants no access. */
const ACTOR_HEADER = 'x-cryoem-by';
const MAX_NAME_CHARACTERS = 80;

/** Who sent the request, for the timeline: name, page or API, and client address. */
export function actorOf(request: FastifyRequest): string {
  const isPage = request.headers.cookie !== undefined && request.headers['sec-fetch-site'] === 'same-origin';
  const origin = `${isPage ? 'page' : 'API'}, ${request.ip}`;
  const name = nameIn(request.headers[ACTOR_HEADER]);
  return name === '' ? origin : `${name} (${origin})`;
}

function nameIn(header: string | string[] | undefined): string {
  if (typeof header !== 'string') return '';
  try {
    return decodeURIComponent(header)
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, MAX_NAME_CHARACTERS);
  } catch {
    return ''; // not percent-encoded
  }
}
