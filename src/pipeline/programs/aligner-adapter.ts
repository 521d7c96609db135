import type { ExternalAligner, ProgramSettings } from '../../contract/programs.ts';
import { PROGRAM_TITLES } from '../../contract/programs.ts';
import type { LocalMotion } from '../../engine/ports.ts';
import type { Image, MovieStructure } from '../../formats/movie.ts';
import type { Aligner, Alignment, Workspace } from '../adapter.ts';
import { alignWarnings } from '../finding-texts.ts';
import { findProgram } from './find-program.ts';
import { asMotion, Links, type MovieInput, pixelValuesOf, readMovieInput } from './movie-input.ts';
import { ProgramOutputs } from './outputs.ts';
import { type VersionPatterns, versionOf } from './program-version.ts';
import { type EerGain, prepareReferences, type References } from './references.ts';
import { linkedCommandLine, runProgram } from './run-program.ts';
import { widenMovie } from './widen-movie.ts';

/** Input files of an aligner in its work directory. */
export interface AlignerFiles {
  /** Name of the movie. */
  readonly movie: string;
  readonly references: References;
}

/** Result of writing a file that an aligner needs in addition to movie and references. */
export interface Preparation {
  readonly warnings: readonly string[];
  /** Comment after the command line, with what a user needs to repeat it. */
  readonly comment: string;
}

/** Result read from the outputs of an aligner. */
export interface AlignerReading {
  /** Sum without dose weighting. */
  readonly plainSum: Image;
  /** Null if the dose is not known. */
  readonly weightedSum: Image | null;
  /** Part of the plain sum from even-numbered frames; absent if not requested or not available. */
  readonly evenSum?: Float32Array;
  /**
   * Per used frame, pixels of the movie: shifts to apply, with the opposite sign of the motion of the
   * content.
   */
  readonly shiftsToApply: readonly (readonly [number, number])[];
  /** Null if no patches were requested. */
  readonly local: LocalMotion<string> | null;
  readonly iterations: number;
  readonly isConverged: boolean;
  /** Mean counts after gain correction; null if they cannot be derived from the sum. */
  readonly meanCountsPerPixelFrame: number | null;
  readonly hotPixels: readonly (readonly [number, number])[];
  /** Kept as `<base>_align.log`. */
  readonly log: string;
  readonly warnings: readonly string[];
}

/** Everything that is specific to a program that corrects motion. */
export interface AlignerProgram {
  readonly name: ExternalAligner;
  /** Minimum number of frames. */
  readonly minFrames: number;
  readonly eerGain: EerGain;
  readonly version: VersionPatterns;
  /** Sentence that precedes the reason why there is no model of local motion. */
  readonly missingModelText: string;
  /** Extension by which the program recognises the format of a movie. */
  extensionOf(format: MovieStructure['format']): string;
  prepare?(input: MovieInput, workspace: Workspace): Preparation;
  /** @throws CodedError BAD_CONFIG if additional arguments would prevent reading the outputs */
  argumentsOf(input: MovieInput, files: AlignerFiles, additionalArguments: string | undefined): string[];
  /** @throws CodedError PROGRAM_FAILED if an output is missing or cannot be parsed */
  read(outputs: ProgramOutputs, input: MovieInput): AlignerReading;
}

const NOTHING_PREPARED: Preparation = { warnings: [], comment: '' };

/**
 * Adapter of an external aligner: movie, gain and defects are linked or converted in its work directory,
 * the program is run there, and its outputs are read.
 */
export function alignerAdapter(program: AlignerProgram, settings: ProgramSettings): Aligner {
  const { name } = program;
  const title = PROGRAM_TITLES[name];
  return {
    name,
    version: 'unknown',
    async align(originalRequest, workspace) {
      const path = findProgram(name, settings[name]);
      const originalInput = readMovieInput(originalRequest, title, program.minFrames);
      const { request } = originalInput;
      const links = new Links(workspace);
      const { input, movie } = linkOrWidenMovie(program, originalInput, links, workspace);
      const references = prepareReferences(input, links, workspace, program.eerGain);
      const preparation = program.prepare?.(input, workspace) ?? NOTHING_PREPARED;
      const args = program.argumentsOf(input, { movie, references }, workspace.additionalArguments);
      const version = await versionOf({ name: title, path, ...program.version });
      const printedText = await runProgram({
        name: title,
        path,
        args,
        cwd: workspace.workDir,
        timeoutMs: settings.timeoutSeconds * 1000,
        signal: request.signal,
      });
      const outputs = new ProgramOutputs(title, workspace.workDir, printedText);
      const reading = withoutFalseCounts(program.read(outputs, input), originalInput);
      const warnings = [
        ...input.warnings,
        ...references.warnings,
        ...preparation.warnings,
        ...reading.warnings,
        ...(version === null ? [`${title} does not report its version.`] : []),
        ...commonWarnings(program, input, reading),
      ];
      return {
        outcome: { ...outcomeOf(input, reading), warnings },
        command: linkedCommandLine(links.entries, path, args) + preparation.comment,
        external: { version: version ?? 'unknown' },
      };
    },
  };
}

/** Removes the mean counts, with a warning, if the pixel values are not counts. */
function withoutFalseCounts(reading: AlignerReading, input: MovieInput): AlignerReading {
  if (reading.meanCountsPerPixelFrame === null) return reading;
  const values = pixelValuesOf(input);
  if (values === 'counts') return reading;
  const warnings = alignWarnings([{ kind: 'not-counts', values, hasGain: false }]);
  return { ...reading, meanCountsPerPixelFrame: null, warnings: [...reading.warnings, ...warnings] };
}

/**
 * Links the movie under a simple name, or writes it as 16-bit MRC if the program could misread the signedness
 * of its pixels.
 */
function linkOrWidenMovie(
  program: AlignerProgram,
  input: MovieInput,
  links: Links,
  workspace: Workspace,
): { input: MovieInput; movie: string } {
  const { structure, request } = input;
  if (!structure.canBeMisread)
    return { input, movie: links.add(request.moviePath, `movie.${program.extensionOf(structure.format)}`) };
  const movie = `movie.${program.extensionOf('mrc')}`;
  return {
    input: { ...input, structure: widenMovie(request, structure, movie, workspace) },
    movie,
  };
}

function outcomeOf(input: MovieInput, reading: AlignerReading): Omit<Alignment, 'warnings'> {
  const { structure, request } = input;
  const { plainSum, weightedSum, evenSum } = reading;
  return {
    width: plainSum.width,
    height: plainSum.height,
    pixelSizeA: request.pixelSizeA * request.binning,
    sum: plainSum.data,
    doseWeighted: weightedSum?.data ?? null,
    ...(evenSum ? { evenOdd: { isWeighted: false, even: evenSum } } : {}),
    movieWidth: structure.width,
    movieHeight: structure.height,
    frames: structure.frames,
    firstFrame: input.firstFrame,
    lastFrame: input.lastFrame,
    referenceFrame: input.firstFrame,
    shiftsPixels: asMotion(reading.shiftsToApply),
    local: reading.local,
    dosePerFrameEA2: input.doseEA2,
    iterations: reading.iterations,
    converged: reading.isConverged,
    meanCountsPerPixelFrame: reading.meanCountsPerPixelFrame,
    hotPixels: reading.hotPixels,
    ...(structure.eer ? { eer: structure.eer } : {}),
    programLog: reading.log,
  };
}

function commonWarnings(
  { missingModelText }: AlignerProgram,
  { doseEA2 }: MovieInput,
  { local, isConverged }: AlignerReading,
): string[] {
  return [
    ...(doseEA2 === null ? ['The dose is not known: there is no dose-weighted micrograph.'] : []),
    ...(local?.reason ? [`${missingModelText} ${local.reason}`] : []),
    ...(isConverged
      ? []
      : ['Alignment did not converge: inspect the drift plot before using this micrograph.']),
  ];
}
