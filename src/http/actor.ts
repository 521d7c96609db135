import type { FastifyRequest } from 'fastify';

/** The page sends the name that a person gave it here, percent-encoded. It says who asked; it opens no door. */
export const ACTOR_HEADER = 'x-cryoem-by';
const LONGEST_NAME = 80;

/** Who asks, for the timeline: the name as given, and from where. */
export function actorOf(request: FastifyRequest): string {
  const isPage = request.headers.cookie !== undefined && request.headers['sec-fetch-site'] === 'same-origin';
  const way = `${isPage ? 'page' : 'API'}, ${request.ip}`;
  const name = nameIn(request.headers[ACTOR_HEADER]);
  return name === '' ? way : `${name} (${way})`;
}

function nameIn(header: string | string[] | undefined): string {
  if (typeof header !== 'string') return '';
  try {
    return decodeURIComponent(header)
      .replace(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, LONGEST_NAME);
  } catch {
    return ''; // not percent-encoded as it should be: the way that it came by still says where from
  }
}
