import { statSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import { gainWarnings } from '../gain-orientation/warning.ts';
import { giveMemory, takeMemory } from '../memory/pool.ts';
import type { AlignMovie, AlignOutcome, AlignRequest, LocalMotion } from '../ports.ts';
import type { Shift } from './align-tasks.ts';
import {
  type Correction,
  loadCorrection,
  replaceBadPixels,
  treatHotPixels,
  writeGain,
} from './correction.ts';
import { type Crew, startCrew } from './crew.ts';
import { dosePerFrame, fillNormalisation } from './dose.ts';
import { geometryOf, type Plane } from './geometry.ts';
import { groupFrames, groupSizes, spreadShifts } from './groups.ts';
import { mostHotPixels } from './hot-pixels.ts';
import { judgeGain } from './judge-gain.ts';
import { createLayout, type Layout, type LayoutRequest, layoutBytes } from './layout.ts';
import { findLocalMotion, type LocalOutcome, MOVES_AS_A_WHOLE } from './local.ts';
import { type EvenOdd, firstPass, type Sums, secondPass } from './passes.ts';
import { patchPlane } from './patches.ts';
import { alignCrops, type Refinement } from './refine.ts';
import { smoothPath } from './smooth.ts';
import { readSource } from './source.ts';
import { weightStepPerA } from './sum-tasks.ts';
import { acrossGaps, clearUnusable, cropFaults, unusableWarnings, usableCrops } from './unusable.ts';

/** Parts of the whole time, for the progress that a person sees. */
const AFTER_FIRST_PASS = 0.4;
const AFTER_ALIGNMENT = 0.5;

/**
 * Whole-frame motion correction of one movie. Reads the movie twice (decoding again costs less than keeping frames),
 * aligns in between, and sums in Fourier space. The reference is the first frame used.
 * @throws CodedError of the movie (MOVIE_*), the settings (TOO_FEW_FRAMES, DOSE_CONTRADICTION, GAIN_*, DEFECTS_UNREADABLE),
 * ALIGNMENT_FAILED for a movie without any counts, OUT_OF_MEMORY, CANCELLED
 */
export const alignMovie: AlignMovie = async (asked) => {
  if (asked.signal?.aborted) throw new CodedError('CANCELLED', '');
  const before = fingerprint(asked.moviePath);
  const { structure, options, request } = readSource(asked);
  const first = request.throwFrames;
  const used = structure.frames - request.throwFrames - request.truncFrames;
  if (used < 1) {
    throw new CodedError(
      'TOO_FEW_FRAMES',
      `The movie has ${structure.frames} frames; throw is ${request.throwFrames}, trunc ${request.truncFrames}.`,
    );
  }
  const dose = dosePerFrame(request.dosePerFrameEA2, request.totalDoseEA2, structure.frames);
  const groups = groupFrames(used);
  const prepared = prepare(request, structure, groups, dose);
  const { layout, memory } = prepared;
  const crew = await startCrew(
    { moviePath: request.moviePath, movieOptions: options, memory, layout },
    layout.slots.length,
    request.signal,
  );
  let failed = true;
  try {
    const outcome = await correctMotion({ ...prepared, request, structure, crew, groups, dose, first });
    if (fingerprint(request.moviePath) !== before) {
      throw new CodedError('MOVIE_CHANGED', '', { file: request.moviePath });
    }
    failed = false;
    return outcome;
  } finally {
    await crew.close(failed);
    giveMemory(memory);
  }
};

/** The memory of one movie, with its gain in it, and what else is known of its pixels. The gain as an image is not kept: it is large. */
interface Prepared {
  readonly layout: Layout;
  readonly memory: WebAssembly.Memory;
  readonly correction: Omit<Correction, 'gain'>;
  readonly patch: Plane | null;
}

function prepare(
  request: AlignRequest,
  structure: MovieStructure,
  groups: readonly number[],
  dose: number | null,
): Prepared {
  const { width, height } = structure;
  const { gain, bad, notes } = loadCorrection(request.gain, request.defectMapPath, structure);
  const geometry = geometryOf(width, height, request.binning);
  const layoutRequest: LayoutRequest = {
    geometry,
    pixelType: structure.pixelType,
    threads: Math.max(1, Math.min(request.threads, groups.length)),
    hasGain: gain !== null,
    badCapacity: bad.size + mostHotPixels(width * height),
    weighted: dose !== null,
    evenOdd: evenOddOf(request, dose, groups.length) !== null,
    cropCount: groupSizes(groups).length,
    patch: patchPlane(geometry, request.patches ?? null),
  };
  const memory = takeMemory(layoutBytes(layoutRequest));
  const layout = createLayout(memory, layoutRequest);
  writeGain(layout, memory, gain);
  return { layout, memory, correction: { bad, notes }, patch: layoutRequest.patch };
}

interface Job extends Prepared {
  readonly request: AlignRequest;
  readonly structure: MovieStructure;
  readonly crew: Crew;
  readonly groups: readonly number[];
  /** e/A^2 per frame. */
  readonly dose: number | null;
  /** 0-based index of the first used frame. */
  readonly first: number;
}

async function correctMotion(job: Job): Promise<AlignOutcome> {
  const { request, structure, crew, layout, memory, groups, dose, first } = job;
  const { bad } = job.correction;
  const knownBadPixels = bad.size;
  const frames = groups.length;
  const progress = (fraction: number) => request.onProgress?.(Math.min(1, fraction));
  replaceBadPixels(layout, memory, bad);
  const flat = await firstPass(crew, layout, memory, groups, {
    firstFrame: first,
    frames,
    onFrames: (done) => progress((AFTER_FIRST_PASS * done) / frames),
  });
  const inSum = Math.max(1, flat.filter((isFlat) => !isFlat).length);
  const framesPerCrop = groupSizes(groups);
  const found = await treatHotPixels(crew, layout, memory, bad, framesPerCrop, inSum);
  const allFlat = flat.every(Boolean);
  if (found.isBlank && !flat.includes(true)) {
    throw new CodedError('ALIGNMENT_FAILED', 'The movie holds no counts.', { file: request.moviePath });
  }
  const judged = judgeGain(request.gain, structure, layout, memory, (index) => bad.has(index));
  const faults = cropFaults(layout, memory, framesPerCrop, flat);
  clearUnusable(layout, memory, faults);
  const { refined, local, shifts } = await findMotion(job, framesPerCrop, usableCrops(faults), progress);

  const { voltageKv, pixelSizeA } = request;
  const setting = dose === null ? null : { dosePerFrameEA2: dose, voltageKv, pixelSizeA };
  const { frame, sum, outputWidth, outputHeight } = layout.geometry;
  const step = weightStepPerA(sum, frame, pixelSizeA);
  const evenOdd = evenOddOf(request, dose, frames);
  const sums = await secondPass(
    crew,
    layout,
    memory,
    shifts,
    local?.fit?.model ?? null,
    setting,
    evenOdd,
    allFlat ? [] : flat,
    (table) => fillNormalisation(table, step, first, first + frames - 1, dose ?? 0, voltageKv),
    {
      firstFrame: first,
      frames,
      onFrames: (done) => progress(AFTER_ALIGNMENT + ((1 - AFTER_ALIGNMENT) * done) / frames),
    },
  );
  return {
    width: outputWidth,
    height: outputHeight,
    pixelSizeA: (pixelSizeA * frame.width) / sum.width,
    ...putTogether(sums, evenOdd),
    movieWidth: structure.width,
    movieHeight: structure.height,
    frames: structure.frames,
    firstFrame: first + 1,
    lastFrame: first + frames,
    referenceFrame: first + 1,
    shiftsPixels: shifts,
    local: local && describeLocal(local, request.patches!),
    dosePerFrameEA2: dose,
    iterations: refined.iterations,
    converged: refined.converged && !refined.lost,
    meanCountsPerPixelFrame: found.meanPerFrame,
    hotPixels: found.hotPixels,
    knownBadPixels,
    ...(structure.eer ? { eer: structure.eer } : {}),
    ...(judged ?? {}),
    warnings: [
      ...structure.warnings,
      ...job.correction.notes,
      ...found.warnings,
      ...unusableWarnings(faults, framesPerCrop, first + 1),
      ...(judged ? gainWarnings(judged.gainCheck) : []),
      ...(dose === null ? ['The dose is not known: there is no dose-weighted sum.'] : []),
      ...(evenOdd !== null && evenOdd !== request.evenOdd
        ? ['The dose is not known: the even and odd sums are not dose-weighted.']
        : []),
      ...(local?.reason && local.reason !== MOVES_AS_A_WHOLE
        ? [`Local motion was not corrected. ${local.reason}`]
        : []),
      ...(refined.lost ? ['No motion could be followed: the frames were summed as they are.'] : []),
      ...(refined.lost || refined.converged
        ? []
        : ['Alignment did not settle: look at the drift before trusting this movie.']),
    ],
  };
}

interface Motion {
  readonly refined: Refinement;
  readonly local: LocalOutcome | null;
  /** Of each used frame against the first. */
  readonly shifts: readonly Shift[];
}

/** From the crops of pass 1: the path of the frame as a whole, then what differs over the field, whose mean is the frame's. */
async function findMotion(
  job: Job,
  framesPerCrop: readonly number[],
  usable: readonly number[],
  progress: (fraction: number) => void,
): Promise<Motion> {
  const { crew, layout, memory, groups } = job;
  const refined = await alignCrops(crew, layout, memory, usable, (round) =>
    progress(AFTER_ALIGNMENT - (AFTER_ALIGNMENT - AFTER_FIRST_PASS) / (round + 2)),
  );
  const path = refined.lost
    ? framesPerCrop.map((): Shift => [0, 0])
    : acrossGaps(smoothPath(refined.shifts, refined.variance), usable, framesPerCrop.length);
  const local = await localMotion(job, framesPerCrop, path, usable, refined);
  const means = local?.fit ? local.means : groups.map((): Shift => [0, 0]);
  const spread = spreadShifts(groups, path).map(([x, y], i): Shift => [x + means[i]![0], y + means[i]![1]]);
  const origin = spread[0]!;
  return { refined, local, shifts: spread.map(([x, y]): Shift => [x - origin[0], y - origin[1]]) };
}

/** What is asked for, as far as it can be had. */
function evenOddOf({ evenOdd }: AlignRequest, dose: number | null, frames: number): EvenOdd {
  if (!evenOdd || frames < 2) return null;
  return dose === null ? 'plain' : evenOdd;
}

/** The sums of pass 2; one that was kept as two becomes whole. */
function putTogether(
  { plain, weighted, even }: Sums,
  evenOdd: EvenOdd,
): Pick<AlignOutcome, 'sum' | 'doseWeighted' | 'evenOdd'> {
  const sums = { sum: plain, doseWeighted: weighted };
  if (even === null) return sums;
  const isWeighted = evenOdd === 'weighted';
  const whole = isWeighted ? weighted! : plain;
  even.forEach((value, i) => {
    whole[i]! += value;
  });
  return { ...sums, evenOdd: { isWeighted, even } };
}

/** Null where no patches were asked for. */
async function localMotion(
  job: Job,
  framesPerCrop: readonly number[],
  path: readonly Shift[],
  usable: readonly number[],
  refined: Refinement,
): Promise<LocalOutcome | null> {
  const { patches } = job.request;
  if (!patches || patches[0] * patches[1] < 2) return null;
  if (job.patch === null) return { fit: null, reason: 'The frame is too small for so many patches.' };
  if (refined.lost || !refined.converged)
    return { fit: null, reason: 'The frame as a whole could not be followed.' };
  return findLocalMotion(job.crew, job.layout, {
    patches,
    plane: job.patch,
    frames: job.groups.length,
    framesPerCrop,
    path,
    usable,
    variance: refined.variance,
  });
}

function describeLocal(local: LocalOutcome, patches: readonly [number, number]): LocalMotion {
  if (local.fit === null) return local;
  const { model, rmsPixels, points, outliers } = local.fit;
  const fit = { patches, coefficientsX: model.x, coefficientsY: model.y, rmsPixels, points, outliers };
  return { fit, reason: null };
}

/** Size and time of a file, which change when it is written to. @throws CodedError MOVIE_MISSING */
function fingerprint(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch (error) {
    throw new CodedError('MOVIE_MISSING', '', { file: path }, { cause: error });
  }
}
