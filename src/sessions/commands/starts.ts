import { realpath, stat } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { fileCall } from '../../base/file-calls.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import { canonicalJson } from '../../pipeline/recipe.ts';
import { assertSafeFolders } from '../check-folders.ts';
import type { Context } from '../context.ts';
import { currentStepHashes } from '../current-hashes.ts';
import { excludeMovie } from '../discovery/apply-changes.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { hashesText } from '../ledger/rows.ts';
import type { StartFile } from '../lifecycle/start-file.ts';
import { SERVICE } from '../lifecycle/timeline.ts';
import type { Registry } from '../loading/registry.ts';
import type { Completions } from '../scheduler/completions.ts';
import type { Session } from '../session.ts';
import { assertGainSize } from '../start/assert-gain-size.ts';
import { isRepairable } from '../start/plan-movies.ts';
import { resolveRecipe } from '../start/recipe.ts';
import type { Trials } from '../trials/trials.ts';
import { noteStart } from './note-start.ts';
import { requeueMissing } from './requeue-missing.ts';

export interface StartsParts {
  readonly registry: Registry;
  readonly discovery: Discovery;
  readonly completions: Completions;
  readonly trials: Trials;
}

/**
 * Starts sessions: when a user requests it, and again if a gain reference arrives after the start. The caller
 * holds the mutex of the session.
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
      this.applyGain(session, path).catch((error) =>
        context.logger.error({ session: key, error }, 'a gain reference cannot be used'),
      );
    });
  }

  /**
   * Starts a session with these parameters; has no effect if it is already started with the same parameters.
   * @throws CodedError UNSAFE_DIRECTORY, OWNED_ELSEWHERE, GAIN_SIZE_MISMATCH
   */
  async begin(session: Session, values: ParameterValues, by: string): Promise<void> {
    await assertSafeFolders(session.paths);
    await session.owner.claimOrThrow();
    await assertGainSize(this.context, this.parts.discovery, session, values);
    await this.apply(session, await this.startFileOf(session, values), by);
  }

  /**
   * Uses a gain reference that became ready after the start, if none was found before or if it is the one in
   * the recipe; movies that were processed without it are reprocessed. An additional gain reference only
   * causes a warning.
   */
  private async applyGain(session: Session, path: string): Promise<void> {
    await session.mutex.run(async () => {
      const { start, isProcessingRequested, hashes } = session.lifecycle;
      if (start === null || !isProcessingRequested || !(await session.owner.claim())) return;
      const gainPath = start.recipe.gain?.path ?? null;
      const isUnresolved = gainPath === null || /[*?[]/.test(gainPath);
      if (!isUnresolved && gainPath !== path) {
        await noteIfNewer(session, gainPath, path);
        return;
      }
      const next = isUnresolved ? await this.startFileOf(session, start.parameters) : start;
      const isUnused = next.recipe.gain === null && start.parameters.rawgainref === undefined;
      if (isUnused) session.raw.noteUnusedGain(basename(path), null);
      if (hashesText(await currentStepHashes(next.recipe)) === hashes) return;
      this.context.logger.info(
        { session: session.key, gain: path },
        'a gain reference arrived after the start',
      );
      await this.apply(session, next, SERVICE);
    });
    this.context.bus.emit('sessionChanged', session);
    this.context.bus.emit('workAvailable');
  }

  /** The order makes a crash harmless: the start is on disk before it takes effect. */
  private async apply(session: Session, next: StartFile, by: string): Promise<void> {
    const { registry, completions, trials } = this.parts;
    const { lifecycle } = session;
    const before = lifecycle.start;
    const watched = canonicalJson([lifecycle.fileNameFilter, lifecycle.references]);
    const steps = await currentStepHashes(next.recipe);
    const hashes = hashesText(steps);
    const missing = await requeueMissing(this.context, session);
    if (missing > 0) this.context.bus.emit('reloadNeeded', 'Results were removed.');
    const isSame =
      lifecycle.hashes === hashes && canonicalJson(before?.parameters) === canonicalJson(next.parameters);
    if (isSame && lifecycle.maySubmit) return;
    await lifecycle.setStart(next);
    // Batches that run in a failed session began before the cause of the failure was removed.
    if (lifecycle.hashes !== hashes || lifecycle.state === 'processing_failure')
      await completions.cancel(session);
    await trials.endAtStart(session, hashes);
    session.raw.forgetUnusedGain();
    session.gainVotes.keepOnly(steps.align);
    this.resetFailures(session, hashes);
    if (canonicalJson([lifecycle.fileNameFilter, lifecycle.references]) !== watched) {
      await this.excludeReferences(session);
      registry.watch(session);
    }
    lifecycle.signal('started');
    noteStart(session.timeline, before, next, by);
  }

  /** Removes from the ledger the files that were listed as movies and are now used as references. */
  private async excludeReferences(session: Session): Promise<void> {
    const { root, raw } = session.paths;
    const realOf = (path: string) => fileCall(root, path, () => realpath(path)).catch(() => path);
    const realRaw = await realOf(raw);
    for (const path of session.lifecycle.references) {
      for (const name of new Set([relative(raw, path), relative(realRaw, await realOf(path))]))
        excludeMovie(this.context, session, name);
    }
  }

  private async startFileOf(session: Session, values: ParameterValues): Promise<StartFile> {
    const { recipe, notes } = await resolveRecipe(this.context, this.parts.discovery, session, values);
    const changedAt = new Date(this.context.clock.wallMs()).toISOString();
    return { wanted: 'running', parameters: values, recipe, warnings: notes, changedAt };
  }

  /**
   * Movies with results of another recipe return to waiting, and so do failed movies if a user may have
   * removed the cause.
   */
  private resetFailures(session: Session, hashes: string): void {
    const { id, lifecycle, holdOffs, failures, lostWork } = session;
    const { ledger, settings, bus } = this.context;
    holdOffs.reset();
    failures.reset();
    lostWork.reset();
    ledger.transaction(() => {
      lifecycle.setRequiredHashes(hashes);
      for (const movie of ledger.movies.inState(id, 'failed'))
        if (isRepairable(movie.errorCode)) ledger.movies.requeue(movie.seq, settings.retry.attempts);
    });
    bus.emit('reloadNeeded', 'The session was started.');
  }
}

/** Adds a warning about a gain reference that is newer than the one in use. */
async function noteIfNewer({ raw, paths }: Session, usedPath: string, path: string): Promise<void> {
  const timeOf = async (file: string) =>
    (await fileCall(paths.root, file, () => stat(file)).catch(() => null))?.mtimeMs ?? 0;
  if ((await timeOf(path)) > (await timeOf(usedPath))) raw.noteUnusedGain(basename(path), basename(usedPath));
}
