/**
 * Result of a structure check of a file; `mayBecomeComplete`: it may still be being written. See
 * `inspectMovie` in formats.
 */
export type Inspection =
  | { readonly complete: true }
  | { readonly complete: false; readonly mayBecomeComplete: boolean };

/** What the watch of a session knows of a file that may be a movie. */
export interface WatchedFile {
  readonly kind: number;
  /** Whether it existed when watching began; it may be reported later, if there are many files. */
  readonly isBacklog: boolean;
  sizeBytes: number;
  mtimeMs: number;
  /** When the file was first seen in this state; monotonic. */
  unchangedSinceMs: number;
  nextInspectionMs: number;
  isSettled: boolean;
  isReported: boolean;
  /** Whether it was reported as `withdrawn`. */
  isWithdrawn: boolean;
}
