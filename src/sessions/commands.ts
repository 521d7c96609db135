import { basename } from 'node:path';
import type { SessionKey } from '../contract/api.ts';
import { CodedError, type ErrorCode } from '../contract/errors.ts';
import type { ParameterValues } from '../contract/parameters.ts';
import type { StopRequest, Trial } from '../contract/preview.ts';
import { canonicalJson, stepHashes } from '../pipeline/recipe.ts';
import { isForgivable } from './beginning/preview.ts';
import { recipeOf } from './beginning/recipe.ts';
import type { Trials } from './beginning/trials.ts';
import type { Context } from './context.ts';
import type { Discovery } from './discovery/discovery.ts';
import { forgetOtherVotes } from './gain/memory.ts';
import { hashesText, type LedgerMovie } from './ledger/rows.ts';
import { redoOthers, redoVanished } from './reconcile.ts';
import type { Registry } from './registry.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { RetryChoice } from './service.ts';
import { isWanted, NO_SETBACK, namesOf, type Session } from './session.ts';
import { isActive } from './states/machine.ts';
import { signal } from './states/signal.ts';
import { note, SERVICE } from './timeline.ts';
import { type StartFile, writeStartFile } from './workflow/start-file.ts';

/** Who asks, where the asker does not say. */
const UNNAMED = 'a person';

/** What people ask of a session: start, stop, resume, retry. One at a time per session. */
export class Commands {
  private readonly context: Context;
  private readonly registry: Registry;
  private readonly scheduler: Scheduler;
  private readonly discovery: Discovery;
  private readonly trials: Trials;

  constructor(
    context: Context,
    registry: Registry,
    scheduler: Scheduler,
    discovery: Discovery,
    trials: Trials,
  ) {
    this.context = context;
    this.registry = registry;
    this.scheduler = scheduler;
    this.discovery = discovery;
    this.trials = trials;
  }

  /** @throws CodedError NO_SUCH_SESSION, BAD_NAME */
  async known(key: SessionKey): Promise<Session> {
    return found(await this.registry.find(key));
  }

  /** As `known`, for what writes into the session: it must not make a folder that was just removed. */
  private async onDisk(key: SessionKey): Promise<Session> {
    return found(await this.registry.findOnDisk(key));
  }

  async start(key: SessionKey, values: ParameterValues, by = UNNAMED): Promise<Session> {
    const session = await this.onDisk(key);
    await session.mutex.run(() => this.begin(session, values, { by }));
    this.scheduler.kick();
    return session;
  }

  async resume(key: SessionKey, changes: Partial<ParameterValues>, by = UNNAMED): Promise<Session> {
    const session = await this.onDisk(key);
    await session.mutex.run(() => {
      if (session.start === null)
        throw new CodedError('WRONG_STATE', 'It was never started: start it with parameters first.');
      const values = Object.entries({ ...session.start.parameters, ...changes });
      const kept = values.filter(([, value]) => value !== undefined);
      return this.begin(session, Object.fromEntries(kept) as unknown as ParameterValues, { by });
    });
    this.scheduler.kick();
    return session;
  }

  /** Tries parameters on one movie, beside the session. Not while a start or a stop is under way. */
  async tryOut(key: SessionKey, values: ParameterValues, base: string | null): Promise<Trial> {
    const session = await this.onDisk(key);
    return session.mutex.run(() => this.trials.begin(session, values, base));
  }

  /**
   * A gain reference became ready after the start. It is taken where none was found before, or where it is the one that
   * the recipe names; a further one, in mid-session, changes nothing of what was asked. Movies that were done without it are redone.
   */
  async takeGain(session: Session, path: string): Promise<void> {
    await session.mutex.run(async () => {
      if (session.start === null || !isWanted(session)) return;
      const { recipe, parameters } = session.start;
      const named = recipe.gain?.path ?? null;
      const isOpen = named === null || /[*?[]/.test(named);
      if (!isOpen && named !== path) return;
      const next = isOpen ? await this.startFile(session, parameters) : session.start;
      if (hashesText(stepHashes(next.recipe)) === session.hashes) return;
      this.context.logger.info(
        { session: session.key, gain: path },
        'a gain reference arrived after the start',
      );
      await this.begin(session, parameters, { by: SERVICE, given: next });
    });
    this.scheduler.kick();
  }

  /** The order makes a crash harmless: what is wanted is on disk before anything is done about it. */
  private async begin(
    session: Session,
    values: ParameterValues,
    { by, given }: { by: string; given?: StartFile },
  ): Promise<void> {
    const before = session.start;
    const next = given ?? (await this.startFile(session, values));
    const hashes = hashesText(stepHashes(next.recipe));
    const vanished = await redoVanished(this.context, session);
    if (vanished > 0) this.context.announcer.reset('Results were taken away.');
    const isSame =
      session.hashes === hashes && canonicalJson(session.start?.parameters) === canonicalJson(values);
    if (isSame && isWanted(session) && isActive(session.state)) return;
    const names = canonicalJson(namesOf(session));
    await writeStartFile(session.paths.workflow, next);
    if (session.hashes !== hashes) await this.scheduler.cancel(session);
    session.start = next;
    await this.trials.end(session, hashes);
    forgetOtherVotes(this.context, session, stepHashes(next.recipe).align);
    this.forgive(session, hashes);
    if (canonicalJson(namesOf(session)) !== names) this.registry.watch(session);
    signal(this.context, session, 'started');
    noteStart(this.context, session, before, by);
  }

  private async startFile(session: Session, values: ParameterValues): Promise<StartFile> {
    if (values.executor !== undefined) this.context.executors.demand(values.executor);
    const references = await this.discovery.ask('references', {
      raw: session.paths.raw,
      gain: values.rawgainref ?? null,
      defects: values.rawdefectsmap ?? null,
    });
    const recipe = recipeOf(this.context, values, references);
    const { notes } = references;
    const changedAt = new Date(this.context.clock.wallMs()).toISOString();
    return { wanted: 'running', parameters: values, recipe, warnings: notes, changedAt };
  }

  /** Results of another recipe wait again; so do failures that a person may have put right meanwhile. */
  private forgive(session: Session, hashes: string): void {
    const { ledger, settings, clock } = this.context;
    session.heldUntilMs = clock.monotonicMs();
    session.awaitsDisk = false;
    session.barrenBatches = 0;
    session.setback = NO_SETBACK;
    session.settingsRun = { code: '', count: 0 };
    ledger.transaction(() => {
      redoOthers(this.context, session, hashes);
      for (const movie of ledger.movies.inState(session.id, 'failed'))
        if (isForgivable(movie.errorCode)) ledger.movies.again(movie.seq, settings.retry.attempts);
    });
    this.context.announcer.reset('The session was started.');
  }

  /** @param running - whether movies in work are cancelled, and wait again, or done to the end */
  async stop(key: SessionKey, by = UNNAMED, running: StopRequest['running'] = 'cancel'): Promise<Session> {
    const session = await this.onDisk(key);
    await session.mutex.run(async () => {
      if (session.start === null) return;
      const changedAt = new Date(this.context.clock.wallMs()).toISOString();
      const next: StartFile = { ...session.start, wanted: 'stopped', changedAt };
      await writeStartFile(session.paths.workflow, next);
      session.start = next;
      const inWork = this.context.ledger.sessions.counts(session.id).queued;
      const finishes = running === 'finish' && inWork > 0;
      if (!finishes) await this.scheduler.cancel(session);
      const rest = finishes ? ` ${inWork} movies in work are done to the end.` : '';
      signal(this.context, session, 'stopped', `Stopped by a person.${rest}`);
      note(this.context, session, 'stopped', by, rest.trim() || null);
    });
    return session;
  }

  async retry(key: SessionKey, { base, code }: RetryChoice, by = UNNAMED): Promise<number> {
    const session = await this.known(key);
    const { ledger, settings } = this.context;
    const movie = base === undefined ? null : ledger.movies.byBase(session.id, base);
    if (base !== undefined && movie === null) throw new CodedError('NO_SUCH_MOVIE', '');
    const failed = movie ? [movie].filter((m) => m.state === 'failed') : this.retryable(session, code);
    ledger.transaction(() => {
      for (const { seq } of failed) ledger.movies.again(seq, settings.retry.attempts);
    });
    if (failed.length > 0) {
      session.settingsRun = { code: '', count: 0 };
      session.barrenBatches = 0;
      signal(this.context, session, 'can_go_on');
      note(
        this.context,
        session,
        'retried',
        by,
        `${failed.length} movies${code ? ` that failed with ${code}` : ''}.`,
      );
    }
    this.context.announcer.movies(
      session,
      failed.map((m) => m.base),
    );
    this.scheduler.kick();
    return failed.length;
  }

  /** Failed movies of a cause, or of any, but those that a person set aside. */
  private retryable(session: Session, code: ErrorCode | undefined): LedgerMovie[] {
    const aside = this.context.ledger.reviews.rejected(session.id);
    return this.context.ledger.movies
      .inState(session.id, 'failed')
      .filter((movie) => !aside.has(movie.base) && (code === undefined || movie.errorCode === code));
  }
}

function found(session: Session | null): Session {
  if (session === null) throw new CodedError('NO_SUCH_SESSION', '');
  return session;
}

/** A first start, one with other values, or the same again. */
function noteStart(context: Context, session: Session, before: StartFile | null, by: string): void {
  if (before === null) {
    note(context, session, 'started', by, null);
    return;
  }
  const old: Record<string, unknown> = { ...before.parameters };
  const now: Record<string, unknown> = { ...session.start?.parameters };
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((p) => old[p] !== now[p]);
  const gain = session.start?.recipe.gain?.path ?? null;
  const hasOther = gain !== null && gain !== before.recipe.gain?.path;
  const words = [
    ...changed.map((p) => `${p} ${old[p] ?? 'not given'} → ${now[p] ?? 'not given'}`),
    // It may have come after the start: then nobody asked, and somebody wonders.
    ...(hasOther ? [`gain reference ${basename(gain)}`] : []),
  ].join(', ');
  note(context, session, changed.length > 0 ? 'changed' : 'resumed', by, words || null);
}
