import { basename, relative } from 'node:path';
import { realPathIfExists } from '../../base/real-path.ts';
import { SKIP_REASONS, type Skipped, type SkipReason } from '../../contract/skipped.ts';
import { shownPath } from './folder-entries.ts';
import { couldBeMovie, type FileNameFilter, isPlainPath, kindOf, skipReasonOf } from './patterns.ts';

/** Rules that decide, together with the content of a file, whether it is a movie. */
export interface ClassifierRules {
  readonly fileNameFilter: FileNameFilter;
  /** Gain reference and defect map of the session: absolute paths. */
  readonly references?: readonly string[];
}

/** Decides for each file below raw whether it is a movie, is skipped (and why), or could not be a movie. */
export class FileClassifier {
  private readonly filter: FileNameFilter;
  /** Relative to raw. */
  private readonly references: ReadonlySet<string>;

  constructor(raw: string, { fileNameFilter, references = [] }: ClassifierRules) {
    this.filter = fileNameFilter;
    this.references = new Set(
      references.flatMap((path) => [relative(raw, path), realRelativePath(raw, path)]),
    );
  }

  /** Whether the session uses the file as gain reference or defect map. */
  isReference(path: string): boolean {
    return this.references.has(path);
  }

  /** @returns the kind of movie, see `kindOf` in patterns; null: not a movie */
  kindOf(path: string): number | null {
    return this.isReference(path) || !isPlainPath(path) ? null : kindOf(basename(path), this.filter);
  }

  /** @returns null: it is a movie, or could not be a movie */
  skipReasonOf(path: string): SkipReason | null {
    if (!this.isReference(path)) return skipReasonOf(path, this.filter);
    return couldBeMovie(basename(path), this.filter) ? 'reference' : null;
  }

  /** The reason for an entry that cannot be used; null if it could not be a movie anyway. */
  refusalReasonOf(path: string, reason: SkipReason, isFolder: boolean): SkipReason | null {
    const isCandidate = isFolder || this.kindOf(path) !== null || this.skipReasonOf(path) !== null;
    return isCandidate ? reason : null;
  }
}

/** Skipped files, by path. */
export class SkippedFiles {
  private readonly reasons = new Map<SkipReason, Set<string>>();
  private readonly reasonOf = new Map<string, SkipReason>();

  set(path: string, reason: SkipReason): void {
    this.delete(path);
    this.reasonOf.set(path, reason);
    this.reasons.set(reason, (this.reasons.get(reason) ?? new Set()).add(path));
  }

  delete(path: string): void {
    const reason = this.reasonOf.get(path);
    if (reason === undefined) return;
    this.reasonOf.delete(path);
    this.reasons.get(reason)?.delete(path);
  }

  /** Number of files and an example for each reason, in the order of the reasons. */
  all(): Skipped[] {
    return SKIP_REASONS.flatMap((reason) => {
      const paths = this.reasons.get(reason) ?? new Set();
      const [example] = paths;
      return example === undefined ? [] : [{ reason, count: paths.size, example: shownPath(example) }];
    });
  }
}

const REASON_TEXTS: Partial<Record<SkipReason, (files: string) => string>> = {
  packed: (files) => `Compressed movies are not supported; decompress them: ${files}.`,
  other_kind: (files) =>
    `Movies with another name pattern or format are not processed, because EPU names take precedence (TIFF over MRC over EER): ${files}. To choose others, set basename_prefix, basename_suffix or basename_extension.`,
  name: (files) =>
    `Files whose names are not UTF-8 or have control characters cannot be processed; rename them: ${files}.`,
  not_a_file: (files) => `These have names of movies but are not regular files: ${files}.`,
};

/** Up to this many references (gain, dark, defects) may arrive before the first movie without a warning. */
const MAX_REFERENCES = 5;

/**
 * Warnings about skipped files that are probably movies. If there are none, and no movies either, one warning
 * gives the first other reason for which files were skipped. `Tree.warnings` has the warnings about links.
 */
export function skippedWarnings(skipped: readonly Skipped[], movies: number): string[] {
  const texts = skipped.flatMap(({ reason, count, example }) => {
    const text = REASON_TEXTS[reason]?.(count === 1 ? example : `${example} and ${count - 1} more`);
    return text ?? [];
  });
  const other = skipped.find(
    ({ reason, count }) =>
      !(reason in REASON_TEXTS) && reason !== 'link' && (reason !== 'reference' || count > MAX_REFERENCES),
  );
  if (movies > 0 || texts.length > 0 || other === undefined) return texts;
  const files = other.count === 1 ? '1 file was' : `${other.count} files were`;
  return [`No movies were found: ${files} skipped (${other.reason}), such as ${other.example}.`];
}

/** Path of the same file relative to raw, with the links in both resolved. */
function realRelativePath(raw: string, path: string): string {
  const [realRaw, real] = [realPathIfExists(raw), realPathIfExists(path)];
  return realRaw === null || real === null ? relative(raw, path) : relative(realRaw, real);
}
