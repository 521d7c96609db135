import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SampleMovie, Skipped, SkipReason } from '../../contract/preview.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import { readMovieMetadata } from '../../formats/movie-metadata.ts';
import { inspectMovie } from '../../formats/open.ts';
import { filesBelow } from './files-below.ts';
import type { Survey, SurveyQuestion } from './messages.ts';
import {
  type FileNameFilter,
  isPackedMovie,
  kindOf,
  looksLikeMovie,
  looksLikeReference,
} from './patterns.ts';
import { type ReferenceSearch, resolveReferences } from './references.ts';

/** Maximum number of movies that are opened to find a complete one. */
const MAX_OPENED = 3;

/** What a start with these names and references would find in raw: names and headers only. */
export async function surveyOf(question: SurveyQuestion, search: ReferenceSearch): Promise<Survey> {
  const { raw, names } = question;
  const files = filesBelow(raw).sort();
  const session = files.length === 0 ? undefined : realpathSync(dirname(raw));
  const { movies, skipped } = sortOut(files, names);
  const references = await resolveReferences(raw, question.gain, question.defects, search);
  const sample = sampleOf(raw, movies, session);
  return {
    found: movies.length,
    paths: question.wantsPaths ? movies : null,
    skipped,
    extensions: [
      ...new Set(files.filter(looksLikeMovie).map((file) => file.slice(file.lastIndexOf('.') + 1))),
    ],
    references,
    sample,
    metadata: sample === null ? null : readMovieMetadata(raw, sample.path, session),
    gainSize:
      references.gainPath === null
        ? null
        : sizeOf(references.gainPath, question.gain === null ? session : undefined),
  };
}

function sortOut(files: readonly string[], names: FileNameFilter): { movies: string[]; skipped: Skipped[] } {
  const kinds = files.map((file) => kindOf(basename(file), names));
  const active = Math.min(...kinds.filter((kind) => kind !== null));
  const movies: string[] = [];
  const skipped = new Map<SkipReason, { count: number; example: string }>();
  for (const [i, file] of files.entries()) {
    if (kinds[i] === active) {
      movies.push(file);
      continue;
    }
    const reason = kinds[i] === null ? whySkipped(basename(file), names) : 'other_kind';
    if (reason === null) continue;
    const known = skipped.get(reason);
    if (known) known.count++;
    else skipped.set(reason, { count: 1, example: file });
  }
  return { movies, skipped: [...skipped].map(([reason, rest]) => ({ reason, ...rest })) };
}

/** null: it does not look like a movie. */
function whySkipped(name: string, names: FileNameFilter): SkipReason | null {
  if (name.startsWith('.')) return null;
  if (isPackedMovie(name, names)) return 'packed';
  if (looksLikeReference(name)) return 'reference';
  if (!looksLikeMovie(name)) return null;
  const { extension, ...rest } = names;
  if (extension && kindOf(name, { ...rest, extension: name.slice(name.lastIndexOf('.') + 1) }) !== null)
    return 'other_extension';
  return names.prefix || names.suffix || extension ? 'other_name' : 'reference';
}

/** The first complete movie, as recorded: an EER file with the frames of its camera. */
function sampleOf(raw: string, movies: readonly string[], session: string | undefined): SampleMovie | null {
  for (const path of movies.slice(0, MAX_OPENED)) {
    const found = inspectMovie(join(raw, path), session);
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

function sizeOf(path: string, within: string | undefined): Pick<MovieStructure, 'width' | 'height'> | null {
  const found = inspectMovie(path, within);
  if (!found.complete) return null;
  const { width, height } = found.structure;
  return { width, height };
}
