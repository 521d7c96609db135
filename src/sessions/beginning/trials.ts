import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeOneDirectory, syncDirectory } from '../../base/durable-file.ts';
import { BATCH_VERSION, type Batch } from '../../contract/batch.ts';
import { CodedError, ERRORS } from '../../contract/errors.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { Trial } from '../../contract/preview.ts';
import type { ResultRecord } from '../../contract/record.ts';
import type { Handle } from '../../executors/executor.ts';
import { asCoded } from '../../pipeline/faults.ts';
import { hasAllFiles, isSameMovie, readRecord, recordPath } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import { executorsOf } from '../scheduler/choose.ts';
import { programsOf } from '../scheduler/programs.ts';
import type { Session } from '../session.ts';
import { writeJsonAtomic } from '../workflow/atomic.ts';
import { recipeOf } from './recipe.ts';

/** Folder below `workflow/` where a trial's batch, log and results lie: none of it is the session's. */
const FOLDER = 'trial';
const PICTURE = /\.(jpe?g|png)$/i;

interface Running {
  readonly id: string;
  readonly movie: LedgerMovie;
  readonly values: ParameterValues;
  readonly processed: string;
  readonly startedAt: string;
  readonly handle: Handle;
  isCancelled: boolean;
}

/**
 * A trial of parameters on one movie: a batch of its own, run by the session's executor, whose results go into a folder
 * of its own. A start with the very same recipe takes the result over; any start removes the folder. Trials are held in
 * memory: one that the service did not live to see is forgotten, and its folder goes with the next trial or start.
 */
export class Trials {
  private readonly context: Context;
  private readonly discovery: Discovery;
  private readonly bySession = new Map<number, Running>();

  constructor(context: Context, discovery: Discovery) {
    this.context = context;
    this.discovery = discovery;
  }

  /**
   * Gives one movie to an executor; a trial before it is ended first. @param base - null: the newest whole movie
   * @throws CodedError NO_SUCH_MOVIE, BAD_PARAMETERS, DISK_FULL, OUTPUT_NOT_WRITABLE, those of the executor
   */
  async begin(session: Session, values: ParameterValues, base: string | null): Promise<Trial> {
    const { context } = this;
    const movie = this.movieOf(session, base);
    if (values.executor !== undefined) context.executors.demand(values.executor);
    const references = await this.discovery.ask('references', {
      ...{ raw: session.paths.raw, gain: values.rawgainref ?? null, defects: values.rawdefectsmap ?? null },
    });
    await this.forget(session);
    const able = executorsOf(context, values);
    const executor = able.find((one) => one.condition().health.state !== 'away') ?? able[0]!;
    const id = `trial-${randomBytes(6).toString('hex')}`;
    const folder = join(folderOf(session), id);
    const batchPath = join(folder, 'batch.json');
    const { path, sizeBytes, mtimeMs } = movie;
    const batch: Batch = {
      ...{
        version: BATCH_VERSION,
        token: id,
        rawDir: session.paths.raw,
        processedDir: join(folder, 'processed'),
      },
      ...{ recipe: recipeOf(context, values, references), programs: programsOf(context) },
      ...{ executor: executor.name, threads: executor.threadsPerMovie },
      movies: [{ path, base: movie.base, sizeBytes, mtimeMs, attempt: movie.attempt + 1 }],
    };
    try {
      for (const one of [session.paths.workflow, folderOf(session), folder]) await makeOneDirectory(one);
      await writeJsonAtomic(batchPath, batch);
    } catch (error) {
      throw asCoded(error);
    }
    const handle = await executor.submit({ batchPath, token: id, logPath: join(folder, 'batch.log') });
    const startedAt = new Date(context.clock.wallMs()).toISOString();
    const running = {
      id,
      movie,
      values,
      processed: batch.processedDir,
      startedAt,
      handle,
      isCancelled: false,
    };
    this.bySession.set(session.id, running);
    return this.tell(session, running);
  }

  /** null: there is none. */
  async find(session: Session): Promise<Trial | null> {
    const running = this.bySession.get(session.id);
    return running ? this.tell(session, running) : null;
  }

  async cancel(session: Session): Promise<Trial | null> {
    const running = this.bySession.get(session.id);
    if (!running) return null;
    if ((await readRecord(running.processed, running.movie.base)) === null) {
      running.isCancelled = true;
      await this.context.executors.cancel([running.handle]);
    }
    return this.tell(session, running);
  }

  /** Absolute path of a picture of the trial. @throws CodedError NO_SUCH_PICTURE */
  async picturePath(session: Session, id: string, role: string): Promise<string> {
    const running = this.bySession.get(session.id);
    const record = running?.id === id ? await readRecord(running.processed, running.movie.base) : null;
    const name = record && Object.hasOwn(record.files, role) ? record.files[role] : undefined;
    if (!running || name === undefined || !PICTURE.test(name)) throw new CodedError('NO_SUCH_PICTURE', '');
    return join(running.processed, name);
  }

  /** A start was made: the trial's result is the session's own where it is that of the same recipe. */
  async end(session: Session, hashes: string): Promise<void> {
    const running = this.bySession.get(session.id);
    if (running) await this.adopt(session, running, hashes);
    await this.forget(session);
  }

  /** Ends what runs and removes what lies there. */
  private async forget(session: Session): Promise<void> {
    const running = this.bySession.get(session.id);
    this.bySession.delete(session.id);
    if (running) await this.context.executors.cancel([running.handle]);
    await rm(folderOf(session), { recursive: true, force: true });
  }

  private async adopt(session: Session, { movie, processed }: Running, hashes: string): Promise<void> {
    const record = await readRecord(processed, movie.base);
    if (record?.outcome.status !== 'ok' || hashesText(record.stepHashes) !== hashes) return;
    const known = this.context.ledger.movies.byBase(session.id, movie.base);
    if (known === null || !isSameMovie(record.movie, known) || !hasAllFiles(record, processed)) return;
    const old = await readRecord(session.paths.processed, movie.base);
    if (old !== null && hashesText(old.stepHashes) === hashes && old.outcome.status === 'ok') return;
    await publish(processed, session.paths.processed, record, old);
  }

  private movieOf(session: Session, base: string | null): LedgerMovie {
    const { movies, movieRows } = this.context.ledger;
    const newest = (state: 'waiting' | 'done') =>
      movieRows.page(session.id, 'newest', state, null, 1)[0]?.base;
    const wanted = base ?? newest('waiting') ?? newest('done');
    const movie = wanted === undefined ? null : movies.byBase(session.id, wanted);
    if (movie === null)
      throw new CodedError('NO_SUCH_MOVIE', 'There is no whole movie to try the parameters on.');
    return movie;
  }

  private async tell(session: Session, running: Running): Promise<Trial> {
    const { id, movie, values, processed, startedAt, handle } = running;
    const record = await readRecord(processed, movie.base);
    const fate = record === null ? await this.fateOf(running) : fateIn(record);
    const pictures = Object.entries(record?.files ?? {}).filter(([, name]) => PICTURE.test(name));
    const { project, user, session: name } = session.key;
    const url = `/api/v1/sessions/${[project, user, name].map(encodeURIComponent).join('/')}/trial/${id}`;
    return {
      ...{ id, base: movie.base, startedAt, executor: handle.executor, record, ...fate },
      parameters: { ...values },
      pictures: Object.fromEntries(pictures.map(([role]) => [role, `${url}/pictures/${role}`])),
    };
  }

  /** Of a trial without a record: the executor knows. */
  private async fateOf(running: Running): Promise<Pick<Trial, 'state' | 'message' | 'remedy'>> {
    const nothing = { message: null, remedy: null };
    if (running.isCancelled) return { state: 'cancelled', ...nothing };
    const status = (await this.context.executors.poll([running.handle])).get(running.id);
    if (status === undefined || status.state !== 'ended')
      return { state: status?.state ?? 'queued', ...nothing };
    // The record may have come between the look at it and the question.
    const record = await readRecord(running.processed, running.movie.base);
    if (record !== null) return fateIn(record);
    const log = await tailOf(join(dirname(running.processed), 'batch.log'));
    return { state: 'failed', message: `${status.ending.detail} ${log}`.trim(), remedy: null };
  }
}

const folderOf = (session: Session): string => join(session.paths.workflow, FOLDER);

function fateIn({ outcome }: ResultRecord): Pick<Trial, 'state' | 'message' | 'remedy'> {
  if (outcome.status === 'ok') return { state: 'done', message: null, remedy: null };
  return { state: 'failed', message: outcome.message, remedy: ERRORS[outcome.code].remedy };
}

/** The old record first, the new one last: at no instant a record names what is not there, or not its own. */
async function publish(
  from: string,
  to: string,
  record: ResultRecord,
  old: ResultRecord | null,
): Promise<void> {
  const target = recordPath(to, record.movie.base);
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await syncDirectory(dirname(target));
  for (const name of Object.values(record.files)) await rename(join(from, name), join(to, name));
  const kept = new Set(Object.values(record.files));
  for (const name of Object.values(old?.files ?? {}))
    if (!kept.has(name)) await rm(join(to, name), { force: true });
  await syncDirectory(to);
  await rename(recordPath(from, record.movie.base), target);
  await syncDirectory(dirname(target));
}

const TAIL_CHARACTERS = 400;

async function tailOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.trim().slice(-TAIL_CHARACTERS);
}
