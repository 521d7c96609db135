import type {
  CompatibilityStatus,
  ExecutorReport,
  FailureCauses,
  LiveEvent,
  MovieDetail,
  MovieLog,
  MoviePage,
  MovieRow,
  SessionDetail,
  SessionGainCheck,
  SessionKey,
  SessionSummary,
} from '../contract/api.ts';
import type { MovieColumns } from '../contract/columns.ts';
import type { ErrorCode } from '../contract/errors.ts';
import type { Grid, GridHoles } from '../contract/grid.ts';
import type { ParameterValues } from '../contract/parameters.ts';
import type { Preview, StopRequest, Trial } from '../contract/preview.ts';
import type { ReviewChange, TimelineEntry } from '../contract/review.ts';
import type { MovieState } from '../contract/states.ts';

/** Which page of movies is requested; movies are in the order of discovery, or in reverse order. */
export interface MovieQuery {
  readonly cursor?: string;
  /** 1..1000 */
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
  readonly state?: MovieState;
}

/** Which page of the sessions of all users is requested. */
export interface SessionPageQuery {
  readonly limit: number;
  /** `nextCursor` of the previous page; empty: the first page. */
  readonly after: string;
}

export interface SessionPage {
  readonly sessions: SessionSummary[];
  /** null on the last page. */
  readonly nextCursor: string | null;
}

/** Failed movies with one error code, newest first. */
export interface FailureQuery {
  readonly code: ErrorCode | null;
  /** True: only movies that a user set aside; false: only the others. */
  readonly aside: boolean;
  readonly cursor?: string;
  readonly limit: number;
}

/** Which failed movies get new attempts; without `base`: those that are not set aside. */
export interface RetryChoice {
  readonly base?: string;
  /** Only movies with this error code. */
  readonly code?: ErrorCode;
}

export interface NumberedEvent {
  /** Increases across restarts of the service. */
  readonly id: number;
  readonly event: LiveEvent;
}

/** Queries by users and programs. All are answered from memory, the ledger or one record. */
export interface SessionQueries {
  /** Sessions of one user in one project; empty if there are none. @throws CodedError BAD_NAME */
  list(project: string, user: string): Promise<SessionSummary[]>;
  /** Sessions of all users, sorted by project, user and session. */
  all(): Promise<SessionSummary[]>;
  /** One page of the sessions of all users. */
  page(query: SessionPageQuery): Promise<SessionPage>;
  /** null: no such session. @throws CodedError BAD_NAME */
  find(key: SessionKey): Promise<SessionSummary | null>;
  detail(key: SessionKey): Promise<SessionDetail | null>;
  /** The combined check of the gain orientation; null: no such session. */
  gain(key: SessionKey): Promise<SessionGainCheck | null>;
  compatibilityStatus(key: SessionKey): Promise<CompatibilityStatus>;
  /** This query and all below: @throws CodedError NO_SUCH_SESSION, BAD_NAME */
  movies(key: SessionKey, query: MovieQuery): Promise<MoviePage>;
  /** Finished movies with seq > afterSeq, oldest first, for plots. */
  series(key: SessionKey, afterSeq: number, limit: number): Promise<MovieRow[]>;
  /** Columns of the movies with seq > afterSeq that were processed successfully. */
  columns(key: SessionKey, afterSeq: number, limit: number): Promise<MovieColumns>;
  /** Grid squares, with the movies of each. */
  grid(key: SessionKey): Promise<Grid>;
  /** Holes and exposures of a square; empty if no movie is in a square with this name. */
  gridHoles(key: SessionKey, square: string): Promise<GridHoles>;
  /** @throws CodedError NO_SUCH_MOVIE */
  movie(key: SessionKey, base: string): Promise<MovieDetail>;
  /** The log of the worker that processed a movie; null if there is none. @throws CodedError NO_SUCH_MOVIE */
  movieLog(key: SessionKey, base: string): Promise<MovieLog | null>;
  /**
   * Absolute path of an output, checked to be inside the session.
   * @throws CodedError NO_SUCH_PICTURE, NO_SUCH_MOVIE
   */
  outputPath(key: SessionKey, base: string, role: string): Promise<string>;
  /** Events of the session, newest first. */
  timeline(key: SessionKey, limit: number): Promise<TimelineEntry[]>;
  /** The executors and their health. */
  executors(): Promise<ExecutorReport[]>;
}

/** Commands on a session. @throws CodedError NO_SUCH_SESSION, BAD_NAME, DISK_FULL, OUTPUT_NOT_WRITABLE */
export interface SessionCommands {
  /**
   * Starts a session with these parameters; has no effect if it is already started with the same parameters.
   * @throws CodedError BAD_PARAMETERS
   */
  start(key: SessionKey, values: ParameterValues, by?: string): Promise<SessionSummary>;
  /**
   * Stops submitting; movies that arrive later wait. A session that is not being processed keeps its state:
   * stopping twice, before a start or after completion is not an error.
   * @param running - whether movies in progress are cancelled, and return to waiting, or are finished
   */
  stop(key: SessionKey, by?: string, running?: StopRequest['running']): Promise<SessionSummary>;
  /**
   * Continues with the last parameters and the given changes; repeats only the steps that a change affects.
   * @throws CodedError WRONG_STATE
   */
  resume(key: SessionKey, changes: Partial<ParameterValues>, by?: string): Promise<SessionSummary>;
  /** Gives failed movies new attempts. Returns their number. @throws CodedError NO_SUCH_MOVIE */
  retry(key: SessionKey, choice: RetryChoice, by?: string): Promise<number>;
}

/** Review of movies. @throws CodedError NO_SUCH_SESSION, BAD_NAME */
export interface SessionReview {
  /** Stores decisions on movies durably. @throws CodedError NO_SUCH_MOVIE, DISK_FULL, OUTPUT_NOT_WRITABLE */
  decide(key: SessionKey, bases: readonly string[], change: ReviewChange, by: string): Promise<number>;
  failureCauses(key: SessionKey): Promise<FailureCauses>;
  failures(key: SessionKey, query: FailureQuery): Promise<MoviePage>;
}

/** Preview and trials before a start. @throws CodedError NO_SUCH_SESSION, BAD_NAME */
export interface SessionTrials {
  /**
   * What a start with these values would do, and where they contradict each other or the movies.
   * @param isComplete - whether all required parameters are given
   * @param signal - aborted when the caller no longer waits
   */
  preview(
    key: SessionKey,
    values: Partial<ParameterValues>,
    isComplete: boolean,
    signal?: AbortSignal,
  ): Promise<Preview>;
  /**
   * Tries parameters on one movie, separately from the session.
   * @param base - null: the newest complete movie
   * @throws CodedError NO_SUCH_MOVIE, BAD_PARAMETERS
   */
  begin(key: SessionKey, values: ParameterValues, base: string | null): Promise<Trial>;
  /** The last trial; null: there is none, or the session has been started since. */
  last(key: SessionKey): Promise<Trial | null>;
  cancel(key: SessionKey): Promise<Trial | null>;
  /** Absolute path of a picture of a trial. @throws CodedError NO_SUCH_PICTURE */
  picturePath(key: SessionKey, id: string, role: string): Promise<string>;
}

export interface SessionEvents {
  /**
   * Sends the events after `lastId`, or a `reset` if some of them are no longer kept, and then live events.
   * @param lastId - null: only live events
   * @returns a function that unsubscribes
   */
  subscribe(lastId: number | null, listener: (event: NumberedEvent) => void): () => void;
}

/**
 * The interface of the sessions layer for HTTP and the command line, with one port for each kind of request.
 */
export interface SessionPorts {
  readonly queries: SessionQueries;
  readonly commands: SessionCommands;
  readonly review: SessionReview;
  readonly trials: SessionTrials;
  readonly events: SessionEvents;
}

/** A folder in which a file call hangs. */
export interface StuckFolder {
  /** The folder of a session, or one that contains sessions. */
  readonly folder: string;
  /** Its mount point. */
  readonly fileSystem: string;
}

export interface SessionService extends SessionPorts {
  /** Whether the sessions were scanned at least once, so that responses are complete. */
  ready(): boolean;
  /** Folders that do not respond; other sessions are not affected. */
  stuck(): readonly StuckFolder[];
  close(): Promise<void>;
}
