import type { SessionKey } from '../contract/api.ts';
import { stepHashes } from '../pipeline/recipe.ts';
import type { Context } from './context.ts';
import type { Discovery } from './discovery/discovery.ts';
import type { LookReport } from './discovery/messages.ts';
import { takeChanges } from './discovery/take-changes.ts';
import { recallVotes } from './gain/memory.ts';
import { hashesText } from './ledger/rows.ts';
import { assertKey, keyText, locateSession, pathsOf } from './names.ts';
import { notePlaced } from './placing.ts';
import { rebuild } from './rebuild.ts';
import { reconcile } from './reconcile.ts';
import { loadReviews } from './reviews.ts';
import type { Flight } from './scheduler/flights.ts';
import { namesOf, newSession, type Session } from './session.ts';
import { advance } from './states/advance.ts';
import { signal } from './states/signal.ts';
import { readStartFile } from './workflow/start-file.ts';

/** The sessions that the service knows, and how they come to be known. */
export class Registry {
  readonly byId = new Map<number, Session>();
  private readonly byKey = new Map<string, Promise<Session>>();
  /** Sessions that could not be taken up, and why. */
  private readonly refused = new Map<string, string>();
  private readonly context: Context;
  private readonly discovery: Discovery;
  private readonly flights: ReadonlyMap<string, Flight>;
  private readonly onChange: () => void;
  private readonly onGain: (session: Session, path: string) => void;

  constructor(
    context: Context,
    discovery: Discovery,
    flights: ReadonlyMap<string, Flight>,
    onChange: () => void,
    onGain: (session: Session, path: string) => void,
  ) {
    this.context = context;
    this.discovery = discovery;
    this.flights = flights;
    this.onChange = onChange;
    this.onGain = onGain;
  }

  /** Sessions that are there now. */
  present(): Session[] {
    return [...this.byId.values()].filter((session) => session.exists);
  }

  /**
   * The session; one that was met is answered from memory, as the last scan saw it, any other is looked for on disk.
   * @throws CodedError BAD_NAME
   */
  async find(key: SessionKey): Promise<Session | null> {
    assertKey(key);
    const met = await this.byKey.get(keyText(key));
    return met?.exists ? met : this.findOnDisk(key);
  }

  /** The session where it exists on disk now. @throws CodedError BAD_NAME */
  async findOnDisk(key: SessionKey): Promise<Session | null> {
    const paths = await locateSession(this.context.settings.sessionDir, key);
    if (paths === null) return null;
    const session = await this.enter(key);
    if (!session.exists) this.isBack(session);
    return session;
  }

  private isBack(session: Session): void {
    session.exists = true;
    this.watch(session);
  }

  /** Knows a session from now on: its last start, its movies, and a watch over its files. */
  enter(key: SessionKey): Promise<Session> {
    const text = keyText(key);
    let entered = this.byKey.get(text);
    if (!entered) {
      entered = this.load({ project: key.project, user: key.user, session: key.session });
      this.byKey.set(text, entered);
      entered.catch(() => this.byKey.delete(text)); // the asker gets the error; the next ask tries again
    }
    return entered;
  }

  private async load(key: SessionKey): Promise<Session> {
    const { context } = this;
    const { ledger } = context;
    const { id, isNew } = ledger.sessions.idOf(key);
    const paths = pathsOf(context.settings.sessionDir, key);
    const session = newSession(id, key, paths, context.clock.monotonicMs());
    const row = ledger.sessions.get(id);
    session.state = row.state;
    session.reason = row.reason;
    if (row.lastMovieMs !== null) session.lastNewMs -= Math.max(0, context.clock.wallMs() - row.lastMovieMs);
    await this.readStart(session);
    await loadReviews(context, session);
    // A rebuild that was interrupted is begun again: rows that are there already stay.
    if (isNew || ledger.getMeta(`rebuilt ${id}`) === null) {
      await rebuild(context, session);
      ledger.setMeta(`rebuilt ${id}`, 'yes');
      if (isNew) notePlaced(context, session);
    }
    reconcile(context, session);
    await recallVotes(context, session);
    this.byId.set(id, session);
    this.watch(session);
    context.announcer.session(session);
    return session;
  }

  private async readStart(session: Session): Promise<void> {
    try {
      session.start = await readStartFile(session.paths.workflow);
      if (session.start) session.hashes = hashesText(stepHashes(session.start.recipe));
    } catch (error) {
      session.lookWarnings = [`workflow/session.json cannot be read: ${(error as Error).message}`];
      this.context.logger.warn({ session: session.key, error }, 'the last start cannot be read');
    }
  }

  /** Watches its files; again after the names of its movies changed. */
  watch(session: Session): void {
    const known = this.context.ledger.movies.identities(session.id);
    const { root, raw } = session.paths;
    this.discovery.watch({ id: session.id, root, raw, names: namesOf(session), known });
  }

  watchAll(): void {
    for (const session of this.present()) this.watch(session);
  }

  /** What a scan of the session directory found. */
  async takeSessions(found: readonly SessionKey[], unreadable: readonly string[]): Promise<void> {
    const present = new Set(found.map(keyText));
    for (const session of this.byId.values()) {
      const isKnown = !unreadable.some((folder) => `${session.paths.root}/`.startsWith(`${folder}/`));
      const exists = present.has(keyText(session.key));
      if (!isKnown || exists === session.exists) continue;
      if (exists) this.isBack(session);
      else {
        session.exists = false;
        this.discovery.unwatch(session.id);
      }
    }
    for (const key of found) if (!this.byKey.has(keyText(key))) await this.tryToEnter(key);
  }

  /** A session that cannot be read does not keep the others away; the next scan tries it again, and logs news only. */
  private async tryToEnter(key: SessionKey): Promise<void> {
    const text = keyText(key);
    try {
      await this.enter(key);
      this.refused.delete(text);
    } catch (error) {
      const message = (error as Error).message;
      if (this.refused.get(text) === message) return;
      this.refused.set(text, message);
      this.context.logger.error(
        { session: key, error },
        'a session cannot be taken up; the next scan tries again',
      );
    }
  }

  takeLook(report: LookReport): void {
    const session = this.byId.get(report.id);
    if (!session) return;
    const { context } = this;
    session.lookWarnings = report.warnings;
    const wasFaulty = session.rawFault !== null;
    session.rawFault = report.fault;
    if (report.changes.length > 0) this.takeChanges(session, report);
    session.looked = true;
    if (wasFaulty && report.fault === null && session.state === 'processing_failure')
      signal(context, session, 'can_go_on');
    for (const path of report.gains) this.onGain(session, path);
    advance(context, session);
    this.onChange();
  }

  private takeChanges(session: Session, report: LookReport): void {
    const changed = new Set(takeChanges(this.context, session, report.changes));
    if (changed.size === 0) return;
    for (const flight of this.flights.values())
      if (flight.session === session)
        flight.movies = flight.movies.filter((movie) => !changed.has(movie.path));
  }
}
