import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutorHealth } from '../../contract/api.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Executor, Handle, HandleStatus, Submission } from '../executor.ts';
import { forbid, lastBeat } from '../jobs/folder.ts';
import { checkPegasus, homeOf } from './check.ts';
import { createPegasusClient, isTimeOut, type PegasusClient } from './client.ts';
import { pathFault } from './documents.ts';
import { farewells, toldEnds } from './ends.ts';
import { heldByLogs, heldTexts } from './held.ts';
import type { JobstateReading } from './jobstate.ts';
import { Removals } from './removals.ts';
import { assign, Endings, type OpenBatch, openRun, type Run } from './runs.ts';
import { checkOptions, type PegasusSettings } from './settings.ts';
import { Starts } from './starts.ts';
import { findWorkflow, progressOf, submitFolder, writeWorkflow } from './workflow-folder.ts';

const NAME = 'pegasus';
const LOST = {
  how: 'lost',
  exitCode: null,
  signal: null,
  detail: 'No workflow of Pegasus holds this batch: the service ended before it was planned.',
} as const;
const CANCELLED = {
  how: 'cancelled',
  exitCode: null,
  signal: null,
  detail: 'The batch was cancelled.',
} as const;

/**
 * Runs batches as workflows of Pegasus on Slurm nodes. Batches of a cycle that come together make one workflow. What
 * runs is asked of the files that the jobs write, and of the log of Pegasus' monitor; Pegasus' own commands only start
 * and end workflows, and tell why one does not get on. A restarted service finds its workflows by those files.
 * @throws Error where the site's options cannot be taken
 */
export function createPegasusExecutor(settings: PegasusSettings): Executor {
  checkOptions(settings);
  const { times } = settings;
  const client: PegasusClient = createPegasusClient({
    binDirectory: settings.binDirectory,
    timeoutMs: times.commandMs,
  });
  const open = new Map<string, OpenBatch>();
  const endings = new Endings();
  /** Cycle folder -> when its batches go into a workflow. */
  const gathering = new Map<string, number>();
  let health: ExecutorHealth = { state: 'well', detail: null, since: null };
  let failures = 0;
  let notBeforeMs = 0;
  let version: string | null = null;
  let closed = false;
  let loop: Promise<void> | null = null;
  const stop = new AbortController();
  const starts = new Starts(client, times);
  const removals = new Removals(client, times, stop.signal);

  const runs = (): Run[] => [...new Set([...open.values()].flatMap(({ run }) => run ?? []))];
  const batchesOf = (run: Run) => [...open.values()].filter((batch) => batch.run === run);

  function end(batch: OpenBatch, ending: Parameters<Endings['tell']>[1]): void {
    open.delete(batch.token);
    endings.tell(batch.token, ending);
  }

  function wentWell(): void {
    health = { state: 'well', detail: null, since: null };
    failures = 0;
  }

  function wentWrong(error: unknown): void {
    const detail = (error as Error).message;
    const since = health.since ?? new Date().toISOString();
    health = { state: isTimeOut(error) || /cannot be run/.test(detail) ? 'away' : 'troubled', detail, since };
    notBeforeMs = performance.now() + Math.min(times.longestRetryMs, times.retryMs * 2 ** failures++);
  }

  /** One round after the other as long as there are batches; a round never throws. */
  async function work(): Promise<void> {
    while (open.size > 0 && !stop.signal.aborted) {
      try {
        await round();
      } catch (error) {
        wentWrong(error);
      }
      await sleep(times.lookMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    loop = null;
  }

  const keepWorking = () => {
    if (!closed) loop ??= work();
  };

  async function round(): Promise<void> {
    for (const { batch, ending } of await toldEnds([...open.values()])) end(batch, ending);
    // What goes wrong with one workflow is not the others' fault.
    for (const run of runs()) await tend(run).catch(wentWrong);
    await makeWorkflows();
  }

  async function makeWorkflows(): Promise<void> {
    const nowMs = performance.now();
    for (const [cycleFolder, dueMs] of gathering) {
      if (nowMs < dueMs || nowMs < notBeforeMs) continue;
      const batches = [...open.values()].filter(
        (b) => b.run === null && dirname(b.submission.batchPath) === cycleFolder,
      );
      gathering.delete(cycleFolder);
      if (batches.length === 0) continue;
      try {
        const home = settings.pegasusHome ?? (await homeOf(settings.binDirectory));
        const submissions = batches.map(({ submission }) => submission);
        assign(openRun(await writeWorkflow(cycleFolder, submissions, settings, home)), batches);
      } catch (error) {
        gathering.set(cycleFolder, nowMs);
        throw error;
      }
    }
    for (const run of runs())
      if (run.state === 'unplanned' && performance.now() >= notBeforeMs) await start(run);
  }

  /**
   * Plans and starts a workflow, also where an attempt before, of this service or an earlier one, came only part of
   * the way: what runs already is left alone, what was only planned is started, what is half planned is planned anew.
   */
  async function start(run: Run): Promise<void> {
    version = await client.version();
    const progress = await progressOf(run.folder);
    if (typeof progress === 'string') {
      const isUnwanted = batchesOf(run).every((batch) => batch.isCancelled);
      if (isUnwanted || !(await starts.planOrRun(run, progress))) return;
    }
    run.starts = Math.max(1, run.starts);
    run.state = 'started';
    wentWell();
    // Cancelled while Pegasus was planning it.
    if (batchesOf(run).every((batch) => batch.isCancelled)) void removals.remove(run.folder, run.starts);
  }

  /** Looks how a workflow does, and draws the conclusions where it has ended. */
  async function tend(run: Run): Promise<void> {
    if (run.state !== 'started') return;
    const progress = await progressOf(run.folder);
    if (typeof progress === 'string') return; // the monitor has not begun to write
    const hasEnded = progress.exitStatus !== null && progress.starts >= run.starts;
    if (!hasEnded) {
      run.endedSinceMs = null;
      return askStatus(run, progress);
    }
    run.endedSinceMs ??= performance.now();
    if (progress.exitStatus === 1 && (await resume(run, progress.starts))) return;
    const left = batchesOf(run);
    for (const { batch, ending } of await farewells(run, left, progress, { client, times }))
      end(batch, ending);
  }

  /**
   * A workflow that failed with jobs that never began is started again: what is done is not done twice.
   * @returns whether its end is still to be waited for
   */
  async function resume(run: Run, startsSeen: number): Promise<boolean> {
    const left = batchesOf(run).filter((batch) => !batch.isCancelled);
    if (left.length === 0 || performance.now() < notBeforeMs) return false;
    const beats = await Promise.all(left.map(({ task }) => lastBeat(run.folder, task)));
    if (beats.some((beat) => beat !== null)) return false;
    const answer = await starts.resume(run, startsSeen);
    if (answer === 'resumed') wentWell();
    return answer !== 'never';
  }

  /** Held jobs count as queued for Pegasus: only this tells that they wait for somebody. */
  async function askStatus(run: Run, progress: JobstateReading): Promise<void> {
    if (performance.now() < run.nextStatusMs) return;
    run.nextStatusMs = performance.now() + times.statusMs;
    const submit = submitFolder(run.folder);
    try {
      const { held } = await client.status(submit);
      run.troubles = heldTexts(held.length > 0 ? held : await heldByLogs(submit, progress));
    } catch (error) {
      // The workflow goes on all the same, and its jobs tell their ends themselves.
      run.troubles = [`How a workflow of Pegasus does is not known: ${(error as Error).message}`];
    }
  }

  /** A batch of an earlier service: its workflow is found by its files. */
  async function adopt({ token, batchPath }: Handle): Promise<boolean> {
    if (batchPath === undefined) return false;
    const place = await findWorkflow(dirname(batchPath), token);
    const entry = place?.tasks.flat().find((batch) => batch.token === token);
    if (!place || !entry) return false;
    const run = runs().find(({ folder }) => folder === place.folder) ?? openRun(place);
    const batch: OpenBatch = {
      submission: entry,
      token,
      run: null,
      task: 0,
      isCancelled: false,
      farewell: null,
    };
    open.set(token, batch);
    assign(run, [batch]);
    if (run.state === 'unplanned') {
      const progress = await progressOf(run.folder);
      if (typeof progress !== 'string') Object.assign(run, { state: 'started', starts: progress.starts });
    }
    keepWorking();
    return true;
  }

  async function statusOf(handle: Handle): Promise<HandleStatus> {
    const { token } = handle;
    const known = endings.of(token);
    if (known) return { state: 'ended', ending: known };
    if (!open.has(token) && !(await adopt(handle))) return { state: 'ended', ending: LOST };
    const batch = open.get(token);
    if (!batch) return { state: 'ended', ending: endings.of(token) ?? LOST };
    const hasBegun = batch.run !== null && (await lastBeat(batch.run.folder, batch.task)) !== null;
    return { state: hasBegun ? 'running' : 'queued' };
  }

  /**
   * Every batch is forbidden where its job looks; a workflow of which nothing else is wanted is removed as a whole. A
   * batch has ended when its job says so, or when it cannot begin any more.
   */
  async function cancel(handles: readonly Handle[]): Promise<void> {
    for (const handle of handles)
      if (!open.has(handle.token) && !endings.of(handle.token)) await adopt(handle);
    const batches = handles.flatMap(({ token }) => open.get(token) ?? []);
    for (const batch of batches) {
      batch.isCancelled = true;
      if (batch.run === null) end(batch, CANCELLED);
      else await forbid(batch.run.folder, batch.token);
    }
    const concerned = [...new Set(batches.flatMap(({ run }) => run ?? []))];
    const limitMs = performance.now() + times.graceMs + 4 * times.beatMs + 2 * times.fenceMs;
    const removal = Promise.all(concerned.map(removeWhole));
    await awaitEnds(batches, limitMs);
    // Where it takes longer it goes on without us: the jobs end as soon as they begin.
    const waitMs = Math.max(0, limitMs - performance.now());
    const said = await Promise.race([removal, sleep(waitMs, [], { signal: stop.signal }).catch(() => [])]);
    const left = batches.filter(({ token }) => open.has(token));
    if (left.length > 0)
      throw new CodedError(
        'PEGASUS_FAILED',
        `${left.length} batches may still run: ${said.find((text) => text !== null) ?? 'their jobs do not answer'}.`,
      );
  }

  /** @returns what Pegasus said where it did not remove the workflow */
  async function removeWhole(run: Run): Promise<string | null> {
    if (run.isRemoved || batchesOf(run).some((batch) => !batch.isCancelled)) return null;
    if (run.state !== 'started' && !(await starts.mayBeStarted(run))) return null;
    const said = await removals.remove(run.folder, run.starts);
    run.isRemoved = said === null;
    return said;
  }

  /** One that has not begun when all running jobs have looked at what is forbidden never will. */
  async function awaitEnds(batches: readonly OpenBatch[], limitMs: number): Promise<void> {
    await sleep(Math.min(times.beatMs, times.settleMs));
    while (performance.now() < limitMs) {
      for (const { batch, ending } of await toldEnds(batches.filter(({ token }) => open.has(token))))
        end(batch, ending);
      for (const batch of batches.filter(({ token, run }) => open.has(token) && run !== null))
        if ((await lastBeat(batch.run!.folder, batch.task)) === null) end(batch, CANCELLED);
      if (!batches.some(({ token }) => open.has(token))) return;
      await sleep(times.lookMs);
    }
  }

  async function letGo(): Promise<void> {
    closed = true;
    stop.abort();
    await loop;
  }

  const { site, moviesPerJob, clusterSize } = settings;
  return {
    name: NAME,
    slots: clusterSize * moviesPerJob,
    threadsPerMovie: settings.threads ?? 1,
    mostInFlight: site.maxJobs * moviesPerJob,
    batchesPerJob: moviesPerJob,
    startsAtOnce: false,
    batchesPerCycle: clusterSize * moviesPerJob,

    async submit(submission: Submission) {
      if (closed) throw new CodedError('CANCELLED', 'The executor is closed.');
      const { token, batchPath } = submission;
      const cycleFolder = dirname(batchPath);
      const fault = pathFault(cycleFolder);
      if (fault !== null) throw new CodedError('PEGASUS_FAILED', `${fault}.`);
      if (!open.has(token) && !endings.of(token)) {
        open.set(token, { submission, token, run: null, task: 0, isCancelled: false, farewell: null });
        gathering.set(cycleFolder, performance.now() + times.gatherMs);
        keepWorking();
      }
      return { executor: NAME, token, id: cycleFolder, batchPath };
    },

    async poll(handles) {
      const statuses = new Map<string, HandleStatus>();
      for (const handle of handles) statuses.set(handle.token, await statusOf(handle));
      return statuses;
    },

    cancel,
    onEnded: (listener) => endings.onEnded(listener),
    condition: () => ({
      health,
      version,
      queued: [...open.values()].filter(({ run }) => run?.state !== 'started').length,
      running: [...open.values()].filter(({ run }) => run?.state === 'started').length,
    }),

    troubles(handles) {
      const concerned = new Set(handles.flatMap(({ token }) => open.get(token)?.run ?? []));
      return [...new Set([...concerned].flatMap((run) => run.troubles))];
    },

    check: () => checkPegasus(settings, client),

    /** Workflows live on without the service. */
    release: letGo,

    async close() {
      closed = true;
      const handles = [...open.keys()].map((token) => ({ executor: NAME, token, id: '' }));
      await cancel(handles);
      await letGo();
    },
  };
}
