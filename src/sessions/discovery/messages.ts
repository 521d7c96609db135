import type { SessionKey } from '../../contract/api.ts';
import type { MovieMetadata } from '../../contract/metadata.ts';
import type { SampleMovie } from '../../contract/preview.ts';
import type { Skipped, SkipReason } from '../../contract/skipped.ts';
import type { ClassifierRules } from './file-classifier.ts';
import type { UnusableFolder } from './find-sessions.ts';
import type { LinkBounds } from './link-rules.ts';
import type { FileNameFilter } from './patterns.ts';

/** A movie that discovery does not have to inspect again unless its size or time has changed. */
export interface KnownFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Whether it was `ready`, see `FileChange`. */
  readonly isSettled: boolean;
}

/**
 * `seen`: new, or changed after it was ready; `ready`: complete and unchanged for `quietMs`, or
 * processed although incomplete, so that its error is reported; `excluded`: the session uses it as a
 * reference; `withdrawn`: it is now skipped.
 */
export interface FileChange {
  readonly kind: 'seen' | 'ready' | 'vanished' | 'excluded' | 'withdrawn';
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Fingerprint of its content, if it is ready; null: unknown. */
  readonly fingerprint?: string | null;
  /** True: it was there when watching began, and has not just arrived. */
  readonly isBacklog?: boolean;
  /** Why it is `withdrawn`. */
  readonly reason?: SkipReason;
}

export interface WatchTimes {
  /** Interval between scans of all directories of a live session. */
  readonly scanMs: number;
  /** A file is only `ready` if it has not changed for this time. */
  readonly quietMs: number;
  /** Interval between quick scans while files are changing; otherwise, it is twice as long. */
  readonly hotMs: number;
  /** Interval between full scans, which do not rely on directory times and check every file again. */
  readonly fullMs: number;
  /** A movie that stays incomplete for this long is processed, so that its error is reported. */
  readonly incompleteTimeoutMs: number;
}

export interface WatchRequest extends LinkBounds, ClassifierRules {
  readonly id: number;
  readonly known: readonly KnownFile[];
}

/** The reference files that the parameters select; `notes` are remarks for users. */
export interface ResolvedReferences {
  readonly gainPath: string | null;
  readonly defectMapPath: string | null;
  readonly notes: readonly string[];
}

export interface Suggestion {
  readonly value: string | number | boolean;
  readonly source: string;
}

/** Suggestions from one movie of a session that has not been started. */
export interface Suggestions {
  readonly values: Readonly<Record<string, Suggestion>>;
  /**
   * Microscope, camera and camera mode, as far as known; the same text for all movies from one microscope.
   * null: unknown.
   */
  readonly instrument: string | null;
}

export interface SurveyRequest {
  readonly raw: string;
  readonly fileNameFilter: FileNameFilter;
  readonly gain: string | null;
  readonly defects: string | null;
  /** Whether the paths of the movies are also needed. */
  readonly needsPaths: boolean;
}

export interface Survey {
  /** Number of movies. */
  readonly found: number;
  /** Relative to raw; null if they were not requested. */
  readonly paths: readonly string[] | null;
  readonly skipped: readonly Skipped[];
  readonly extensions: readonly string[];
  readonly references: ResolvedReferences;
  /** Files in raw that would be used as references, so they are not movies; relative to raw. */
  readonly referencesInRaw: readonly string[];
  readonly sample: SampleMovie | null;
  readonly metadata: MovieMetadata | null;
  /** Size of the gain reference in pixels; null if there is none, or if its header gives no size. */
  readonly gainSize: { readonly width: number; readonly height: number } | null;
  /** Why the gain reference cannot be read; null or absent: it can, or there is none. */
  readonly gainError?: string | null;
}

export interface ScanReport {
  readonly id: number;
  /** Why raw cannot be read; null if it can. */
  readonly problem: string | null;
  readonly warnings: readonly string[];
  readonly changes: readonly FileChange[];
  readonly skipped: readonly Skipped[];
  /** Absolute paths of gain references that became ready. */
  readonly gains: readonly string[];
}

export interface Requests {
  references: {
    input: { raw: string; gain: string | null; defects: string | null };
    response: ResolvedReferences;
  };
  suggest: { input: { raw: string; movie: string }; response: Suggestions };
  survey: { input: SurveyRequest; response: Survey };
}

/** A request with a number; the response has the same number. */
export type DiscoveryRequest<K extends keyof Requests = keyof Requests> = {
  [Kind in K]: {
    readonly type: 'request';
    readonly number: number;
    readonly kind: Kind;
    readonly input: Requests[Kind]['input'];
  };
}[K];

export type DiscoveryResponse<K extends keyof Requests = keyof Requests> = {
  [Kind in K]: {
    readonly type: 'response';
    readonly number: number;
    readonly kind: Kind;
    readonly response: Requests[Kind]['response'];
  };
}[K];

export type ToWorker =
  | { readonly type: 'watch'; readonly request: WatchRequest }
  | { readonly type: 'unwatch'; readonly id: number }
  /** The sessions can be listed again. */
  | { readonly type: 'list' }
  /** The response to this request is no longer needed. */
  | { readonly type: 'cancel'; readonly number: number }
  | DiscoveryRequest;

export type FromWorker =
  | {
      readonly type: 'sessions';
      readonly sessions: readonly SessionKey[];
      readonly unreadable: readonly string[];
      readonly unusable: readonly UnusableFolder[];
    }
  | { readonly type: 'scan'; readonly report: ScanReport }
  | DiscoveryResponse
  | {
      readonly type: 'error';
      readonly number: number;
      readonly kind: keyof Requests;
      readonly message: string;
    };

export interface WorkerSetup {
  readonly sessionDir: string;
  /** Interval at which the sessions are listed. */
  readonly sessionsMs: number;
  readonly times: WatchTimes;
  /** A call on a file that takes longer than this counts as hung. */
  readonly hangMs?: number;
  /** False: the sessions are not listed until `list` is received. */
  readonly listsSessions?: boolean;
  /** See `activity.ts`. */
  readonly activity?: SharedArrayBuffer;
  /** Folders, besides that of the session, in which patterns for references may match files. */
  readonly referenceRoots?: readonly string[];
  /** Folders, besides that of a session, to which links in raw may point. */
  readonly linkRoots?: readonly string[];
}
