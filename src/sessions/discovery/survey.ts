import { dirname, join } from 'node:path';
import type { Boundary } from '../../base/real-path.ts';
import type { SampleMovie } from '../../contract/preview.ts';
import type { Skipped } from '../../contract/skipped.ts';
import { referenceMessage } from '../../engine/motion/reference-error.ts';
import { readMovieMetadata } from '../../formats/movie-metadata.ts';
import { inspectMovie } from '../../formats/open.ts';
import { FileClassifier, SkippedFiles } from './file-classifier.ts';
import { filesBelow, type RefusedEntry } from './files-below.ts';
import { realFoldersOf } from './link-rules.ts';
import type { Survey, SurveyRequest } from './messages.ts';
import { kindOf, looksLikeMovie } from './patterns.ts';
import { type ReferenceSearch, resolveReferences } from './references.ts';

/** Maximum number of movies that are opened to find a complete one. */
const MAX_OPENED_MOVIES = 3;

type GainFacts = Pick<Survey, 'gainSize' | 'gainError'>;

/** What a start with this filter and these references would find in raw, from file names and headers only. */
export async function surveyOf(request: SurveyRequest, search: ReferenceSearch): Promise<Survey> {
  const { raw, fileNameFilter } = request;
  const bounds = { raw, root: dirname(raw), linkRoots: search.linkRoots ?? [] };
  const { files, refused } = filesBelow(bounds, (name) => kindOf(name, fileNameFilter) !== null);
  const within = files.length === 0 ? undefined : realFoldersOf(bounds);
  const references = await resolveReferences(raw, request.gain, request.defects, search);
  const { gainPath, defectMapPath } = references;
  const paths = [gainPath, defectMapPath].filter((path) => path !== null);
  const classifier = new FileClassifier(raw, { fileNameFilter, references: paths });
  const { movies, skipped } = classifyFiles(files, refused, classifier);
  const sample = sampleOf(raw, movies, within);
  return {
    found: movies.length,
    paths: request.needsPaths ? movies : null,
    skipped,
    extensions: [
      ...new Set(files.filter(looksLikeMovie).map((file) => file.slice(file.lastIndexOf('.') + 1))),
    ],
    references,
    referencesInRaw: files.filter((file) => classifier.isReference(file)),
    sample,
    metadata: sample === null ? null : readMovieMetadata(raw, sample.path, within),
    ...(gainPath === null ? NO_GAIN : gainFactsOf(gainPath, request.gain === null ? within : undefined)),
  };
}

function classifyFiles(
  files: readonly string[],
  refused: readonly RefusedEntry[],
  classifier: FileClassifier,
): { movies: string[]; skipped: Skipped[] } {
  const kinds = files.map((file) => classifier.kindOf(file));
  const activeKind = Math.min(...kinds.filter((kind) => kind !== null));
  const skipped = new SkippedFiles();
  const reasonOf = (file: string, kind: number | null) =>
    kind === null ? classifier.skipReasonOf(file) : kind === activeKind ? null : ('other_kind' as const);
  for (const [i, file] of files.entries()) {
    const reason = reasonOf(file, kinds[i] ?? null);
    if (reason !== null) skipped.set(file, reason);
  }
  for (const { path, reason, isFolder } of refused) {
    const skipReason = classifier.refusalReasonOf(path, reason, isFolder);
    if (skipReason !== null) skipped.set(path, skipReason);
  }
  return { movies: files.filter((_, i) => kinds[i] === activeKind), skipped: skipped.all() };
}

/** The first complete movie, as recorded: for EER, with the camera's frames and without upsampling. */
function sampleOf(raw: string, movies: readonly string[], within: Boundary): SampleMovie | null {
  for (const path of movies.slice(0, MAX_OPENED_MOVIES)) {
    const found = inspectMovie(join(raw, path), within);
    if (!found.complete) continue;
    const { format, width, height, frames, pixelSizeA, eer } = found.structure;
    const upsampling = eer?.upsampling ?? 1;
    return {
      path,
      format,
      pixelSizeA,
      width: width / upsampling,
      height: height / upsampling,
      frames: eer?.cameraFrames ?? frames,
    };
  }
  return null;
}

const NO_GAIN: GainFacts = { gainSize: null, gainError: null };

function gainFactsOf(path: string, within: Boundary): GainFacts {
  const found = inspectMovie(path, within);
  if (found.complete) {
    const { width, height } = found.structure;
    return { gainSize: { width, height }, gainError: null };
  }
  // DigitalMicrograph files are not movies, but gain references.
  const isImage = found.code === 'MOVIE_UNSUPPORTED';
  return { gainSize: null, gainError: isImage ? null : referenceMessage(found.code, found.reason) };
}
