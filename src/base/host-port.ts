/** Addresses that mean "all addresses of this machine" when a server listens. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** True if a server listens on all addresses: a client cannot connect to such an address. */
export const isAnyAddress = (host: string): boolean => ANY_ADDRESS.has(host);

/** True if only this machine can reach the host. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** A host as written in a URL: an IPv6 address is put in brackets. */
export const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * URL of an HTTP server.
 * @param anyHost - host to connect to if the server listens on all addresses
 */
export const httpUrl = (host: string, port: number, anyHost = '127.0.0.1'): string =>
  `http://${isAnyAddress(host) ? anyHost : urlHost(host)}:${port}`;
