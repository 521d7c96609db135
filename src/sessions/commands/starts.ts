import type { ParameterValues } from '../../contract/parameters.ts';
import { canonicalJson, stepHashes } from '../../pipeline/recipe.ts';
import { assertOwnFolders } from '../check-folders.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { hashesText } from '../ledger/rows.ts';
import type { StartFile } from '../lifecycle/start-file.ts';
import { SERVICE } from '../lifecycle/timeline.ts';
import type { Registry } from '../loading/registry.ts';
import type { Completions } from '../scheduler/completions.ts';
import type { Session } from '../session.ts';
import { isForgivable } from '../start/plan-movies.ts';
import { resolveRecipe } from '../start/recipe.ts';
import type { Trials } from '../trials/trials.ts';
import { noteStart } from './note-start.ts';
import { redoVanished } from './redo-vanished.ts';

export interface StartsParts {
  readonly registry: Registry;
  readonly discovery: Discovery;
  readonly completions: Completions;
  readonly trials: Trials;
}

/**
 * Starts sessions: for users, or again if a gain reference arrived late. The caller holds the session's
 * mutex.
 */
export class Starts {
  private readonly context: Context;
  private readonly parts: StartsParts;

  constructor(context: Context, parts: StartsParts) {
    this.context = context;
    this.parts = parts;
    context.bus.on('gainReady', ({ id, key }, path) => {
      const session = parts.registry.get(id);
      if (session === null) return;
      this.takeGain(session, path).catch((error) =>
        context.logger.error({ session: key, error }, 'a gain reference cannot be used'),
      );
    });
  }

  /**
   * Starts with these parameters; no change if already started with the same ones.
   * @throws CodedError UNSAFE_PLACE, OWNED_ELSEWHERE
   */
  async begin(session: Session, values: ParameterValues, by: string): Promise<void> {
    await assertOwnFolders(session.paths);
    await session.owner.demand();
    await this.use(session, await this.startFileOf(session, values), by);
  }

  /**
   * A gain reference became ready after the start. It is used if none was found before, or if it is the one
   * in the recipe; an additional one during the session has no effect. Movies that were processed without it
   * are reprocessed.
   */
  private async takeGain(session: Session, path: string): Promise<void> {
    await session.mutex.run(async () => {
      const { start, isWanted, hashes } = session.lifecycle;
      if (start === null || !isWanted || !(await session.owner.claim())) return;
      const named = start.recipe.gain?.path ?? null;
      const isOpen = named === null || /[*?[]/.test(named);
      if (!isOpen && named !== path) return;
      const next = isOpen ? await this.startFileOf(session, start.parameters) : start;
      if (hashesText(stepHashes(next.recipe)) === hashes) return;
      this.context.logger.info(
        { session: session.key, gain: path },
        'a gain reference arrived after the start',
      );
      await this.use(session, next, SERVICE);
    });
    this.context.bus.emit('workAvailable');
  }

  /** This order makes a crash harmless: the request is on disk before anything is done about it. */
  private async use(session: Session, next: StartFile, by: string): Promise<void> {
    const { registry, completions, trials } = this.parts;
    const { lifecycle } = session;
    const before = lifecycle.start;
    const fileNames = canonicalJson(lifecycle.fileNames);
    const hashes = hashesText(stepHashes(next.recipe));
    const vanished = await redoVanished(this.context, session);
    if (vanished > 0) this.context.bus.emit('reloadNeeded', 'Results were removed.');
    const isSame =
      lifecycle.hashes === hashes && canonicalJson(before?.parameters) === canonicalJson(next.parameters);
    if (isSame && lifecycle.mayWork) return;
    await lifecycle.setStart(next);
    // What runs in a failed session began before the cause of the failure was removed.
    if (lifecycle.hashes !== hashes || lifecycle.state === 'processing_failure')
      await completions.cancel(session);
    await trials.end(session, hashes);
    session.gain.keepOnly(stepHashes(next.recipe).align);
    this.resetFailures(session, hashes);
    if (canonicalJson(lifecycle.fileNames) !== fileNames) registry.watch(session);
    lifecycle.signal('started');
    noteStart(session.timeline, before, next, by);
  }

  private async startFileOf(session: Session, values: ParameterValues): Promise<StartFile> {
    const { recipe, notes } = await resolveRecipe(this.context, this.parts.discovery, session, values);
    const changedAt = new Date(this.context.clock.wallMs()).toISOString();
    return { wanted: 'running', parameters: values, recipe, warnings: notes, changedAt };
  }

  /**
   * Results of another recipe are processed again; so are failures whose cause a user may have removed
   * meanwhile.
   */
  private resetFailures({ id, lifecycle, holdOffs, failures }: Session, hashes: string): void {
    const { ledger, settings, bus } = this.context;
    holdOffs.reset();
    failures.reset();
    ledger.transaction(() => {
      lifecycle.requireHashes(hashes);
      for (const movie of ledger.movies.inState(id, 'failed'))
        if (isForgivable(movie.errorCode)) ledger.movies.again(movie.seq, settings.retry.attempts);
    });
    bus.emit('reloadNeeded', 'The session was started.');
  }
}
