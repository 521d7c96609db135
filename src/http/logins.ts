import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import type { FastifyBaseLogger } from 'fastify';
import { isMissingFile } from '../base/missing-file.ts';

/** Lifetime of a login. */
export const LOGIN_SECONDS = 30 * 24 * 3600;
const ID_BYTES = 16;
const COOKIE_VALUE = /^(?<expiresS>\d{1,12})-(?<id>[\w-]{22})$/;
/** Readable by the account of the service only. */
const FILE_MODE = 0o600;

const nowS = () => Math.floor(Date.now() / 1000);
const digest = (id: string) => createHash('sha256').update(id).digest('base64url');

/** A login to the page: the content of its cookie. */
export interface Login {
  readonly id: string;
  readonly expiresS: number;
}

/**
 * Logins to the page. A login ends when it expires, and for all copies of its cookie when one of them logs
 * out. Ended logins are kept in a file (digest and expiry, one per line), so that they are still refused
 * after a restart.
 */
export class Logins {
  /** Digests of the logins that were ended, and when they would have expired. */
  readonly #endedLogins = new Map<string, number>();
  readonly #file: string | null;
  readonly #listeners = new Map<string, Set<() => void>>();

  /** @param file - null: ended logins are forgotten when this process ends */
  constructor(file: string | null) {
    this.#file = file;
    for (const line of file === null ? [] : linesOf(file)) {
      const [key = '', expiresS = ''] = line.split(' ', 2);
      if (Number(expiresS) > nowS()) this.#endedLogins.set(key, Number(expiresS));
    }
  }

  /** Content of the cookie of a new login. */
  create(): string {
    return `${nowS() + LOGIN_SECONDS}-${randomBytes(ID_BYTES).toString('base64url')}`;
  }

  /** The login in a cookie's content, unless it has ended. */
  find(value: string): Login | null {
    const groups = COOKIE_VALUE.exec(value)?.groups;
    if (!groups?.id || !groups.expiresS) return null;
    const login = { id: groups.id, expiresS: Number(groups.expiresS) };
    return login.expiresS > nowS() && !this.#endedLogins.has(digest(login.id)) ? login : null;
  }

  /** Ends a login at once. If the file cannot be written, this is only logged: it matters after a restart. */
  async end({ id, expiresS }: Login, log: FastifyBaseLogger): Promise<void> {
    this.#endedLogins.set(digest(id), expiresS);
    for (const listener of this.#listeners.get(id) ?? []) listener();
    this.#listeners.delete(id);
    if (this.#file === null) return;
    try {
      await appendFile(this.#file, `${digest(id)} ${expiresS}\n`, { mode: FILE_MODE, flush: true });
    } catch (error) {
      log.error({ err: error }, 'a log-out could not be stored: its cookie is valid again after a restart');
    }
  }

  /** Calls the listener when the login is ended. Returns a function that unsubscribes. */
  onEnd({ id }: Login, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(id) === listeners) this.#listeners.delete(id);
    };
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    if (isMissingFile(error)) return [];
    throw error;
  }
}
