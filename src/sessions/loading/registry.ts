import { messageOf } from '../../base/errors.ts';
import type { SessionKey } from '../../contract/api.ts';
import { CodedError } from '../../contract/errors.ts';
import type { SessionScan } from '../bus.ts';
import type { Context } from '../context.ts';
import { applyScan } from '../discovery/apply-scan.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { assertKey, keyText, locateSession } from '../names.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import { loadSession } from './load-session.ts';
import { UnusableFolders } from './unusable-folders.ts';

export interface RegistryParts {
  readonly discovery: Discovery;
  readonly inFlight: BatchesInFlight;
  readonly trials: Trials;
}

/** Number of sessions loaded in parallel: one whose files do not respond must not delay many others. */
const PARALLEL_LOADS = 8;

/** The sessions of the service; starts and ends the watching of their files. */
export class Registry {
  private readonly context: Context;
  private readonly parts: RegistryParts;
  private readonly byId = new Map<number, Session>();
  private readonly byKey = new Map<string, Promise<Session>>();
  /** Sessions that could not be loaded, and why. */
  private readonly loadErrors = new Map<string, string>();
  readonly unusable: UnusableFolders;

  constructor(context: Context, parts: RegistryParts) {
    this.context = context;
    this.parts = parts;
    this.unusable = new UnusableFolders(context.logger);
    context.bus.on('rawScanned', (report) => {
      const session = this.byId.get(report.id);
      if (session) applyScan(context, parts.inFlight, session, report);
    });
    context.bus.on('discoveryRestarted', () => {
      for (const session of this.present()) this.watch(session);
    });
    context.bus.on('watchReleased', (id) => {
      const session = this.byId.get(id);
      if (session?.raw.exists) this.watch(session);
    });
  }

  all(): Session[] {
    return [...this.byId.values()];
  }

  /** Sessions that exist now. */
  present(): Session[] {
    return this.all().filter(({ raw }) => raw.exists);
  }

  /** null: the session is not loaded, or not yet. */
  get(id: number): Session | null {
    return this.byId.get(id) ?? null;
  }

  /**
   * The session: from memory if it is loaded and existed in the last scan, otherwise from the disk.
   * @throws CodedError BAD_NAME
   */
  async find(key: SessionKey): Promise<Session | null> {
    assertKey(key);
    const loaded = await this.byKey.get(keyText(key));
    return loaded?.raw.exists ? loaded : this.findOnDisk(key);
  }

  /** Like `find`. @throws CodedError NO_SUCH_SESSION, BAD_NAME */
  async findOrThrow(key: SessionKey): Promise<Session> {
    return orThrow(await this.find(key));
  }

  /**
   * Like `findOrThrow`, but always checks the disk. For callers that write to the session: a folder that was
   * just removed must not be created again.
   */
  async findOnDiskOrThrow(key: SessionKey): Promise<Session> {
    return orThrow(await this.findOnDisk(key));
  }

  /** Applies the result of a scan of the session directory. */
  async applySessionScan({ found, unreadable, unusable }: SessionScan): Promise<void> {
    this.unusable.apply(unusable);
    const present = new Set(found.map(keyText));
    for (const session of this.byId.values()) {
      const isListed = !unreadable.some((folder) => `${session.paths.root}/`.startsWith(`${folder}/`));
      const exists = present.has(keyText(session.key));
      if (!isListed || exists === session.raw.exists) continue;
      if (exists) this.markPresent(session);
      else this.markMissing(session);
    }
    const unloaded = found.filter((key) => !this.byKey.has(keyText(key)));
    for (let from = 0; from < unloaded.length; from += PARALLEL_LOADS)
      await Promise.all(unloaded.slice(from, from + PARALLEL_LOADS).map((key) => this.tryToLoad(key)));
  }

  /** Watches the files of a session; called again if its file name filter or its references have changed. */
  watch({ id, paths, lifecycle }: Session): void {
    const known = this.context.ledger.movies.identities(id);
    const { root, raw } = paths;
    const { fileNameFilter, references } = lifecycle;
    this.parts.discovery.watch({ id, root, raw, fileNameFilter, references, known });
  }

  private async findOnDisk(key: SessionKey): Promise<Session | null> {
    const paths = await locateSession(this.context.settings.sessionDir, key);
    if (paths === null) return null;
    const session = await this.loadOnce(key);
    if (!session.raw.exists) this.markPresent(session);
    return session;
  }

  private markPresent(session: Session): void {
    session.raw.setExists(true);
    this.watch(session);
  }

  private markMissing(session: Session): void {
    session.raw.setExists(false);
    this.parts.discovery.unwatch(session.id);
  }

  /** Loads a session, unless it is loaded or being loaded. */
  private loadOnce({ project, user, session }: SessionKey): Promise<Session> {
    const key = { project, user, session };
    const text = keyText(key);
    let loading = this.byKey.get(text);
    if (!loading) {
      loading = this.load(key);
      this.byKey.set(text, loading);
      loading.catch(() => this.byKey.delete(text)); // the caller gets the error; the next call tries again
    }
    return loading;
  }

  private async load(key: SessionKey): Promise<Session> {
    const session = await loadSession(this.context, this.parts.inFlight, this.parts.trials, key);
    this.byId.set(session.id, session);
    this.watch(session);
    this.context.bus.emit('sessionChanged', session);
    return session;
  }

  /**
   * Loads a session. If this fails, other sessions are not affected, and the next scan tries again; an error
   * is logged only when it changes.
   */
  private async tryToLoad(key: SessionKey): Promise<void> {
    const text = keyText(key);
    try {
      await this.loadOnce(key);
      this.loadErrors.delete(text);
    } catch (error) {
      const message = messageOf(error);
      if (this.loadErrors.get(text) === message) return;
      this.loadErrors.set(text, message);
      this.context.logger.error(
        { session: key, error },
        'a session cannot be loaded; the next scan tries again',
      );
    }
  }
}

function orThrow(session: Session | null): Session {
  if (session === null) throw new CodedError('NO_SUCH_SESSION', '');
  return session;
}
