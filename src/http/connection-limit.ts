import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** A browser opens six connections; this is enough for all displays and scripts of a large facility. */
const MAX_CONNECTIONS = 1000;
/** Fraction of the process's open files that connections may use; files of sessions need the rest. */
const FRACTION_OF_OPEN_FILES = 0.5;
/**
 * If this fraction of the allowed connections is open, each new connection closes the oldest one that has not
 * sent a complete request.
 */
const FRACTION_BEFORE_CLOSING = 0.8;
/** Time limit for receiving the headers of a request; also for a connection that sends nothing. */
const HEADERS_TIMEOUT_MS = 30_000;
/** A client that neither sends nor reads for this long is disconnected. Live events have heartbeats. */
const INACTIVITY_TIMEOUT_MS = 600_000;

/**
 * Bounds the number of connections. If there are many, each new one closes the oldest that has not sent a
 * complete request: clients that open connections and send nothing cannot lock out the others, even if all
 * have the address of one proxy. Running requests and live events are never closed.
 */
export function limitConnections(server: Server, maxConnections = defaultLimit()): void {
  /** The unanswered request of each connection; null: none. Oldest connection first. */
  const requests = new Map<Socket, IncomingMessage | null>();
  server.maxConnections = maxConnections;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.setTimeout(INACTIVITY_TIMEOUT_MS);
  server.on('connection', (socket) => {
    if (requests.size >= FRACTION_BEFORE_CLOSING * maxConnections) closeOldest(requests);
    requests.set(socket, null);
    socket.once('close', () => requests.delete(socket));
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    requests.set(socket, request);
    response.once('close', () => {
      if (requests.get(socket) === request) requests.set(socket, null);
    });
  });
}

/** Closes the oldest connection that has no complete, unanswered request. */
function closeOldest(requests: Map<Socket, IncomingMessage | null>): void {
  for (const [socket, request] of requests) {
    if (request?.complete) continue;
    requests.delete(socket);
    socket.destroy();
    return;
  }
}

const defaultLimit = (): number =>
  Math.min(MAX_CONNECTIONS, Math.floor(FRACTION_OF_OPEN_FILES * maxOpenFiles()));

/** Limit of open files of this process; infinite if it is not known (macOS). */
function maxOpenFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
