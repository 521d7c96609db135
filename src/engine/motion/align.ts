import { statSync } from 'node:fs';
import { CodedError } from '../../contract/errors.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import type { AlignFinding } from '../findings.ts';
import { acquireMemory, releaseMemory } from '../memory/pool.ts';
import type { AlignMovie, AlignOutcome, AlignRequest, LocalMotion } from '../ports.ts';
import { loadCorrection, writeGain } from './correction.ts';
import { dosePerFrame } from './dose.ts';
import { examineFrames, type FrameExamination } from './examine-frames.ts';
import { type FoundMotion, findMotion } from './find-motion.ts';
import { geometryOf } from './geometry.ts';
import { groupFrames, groupSizes } from './groups.ts';
import { maxHotPixels } from './hot-pixels.ts';
import type { Job, PreparedMovie } from './job.ts';
import { createLayout, type LayoutRequest, layoutBytes } from './layout.ts';
import type { LocalOutcome } from './local.ts';
import type { EvenOdd } from './passes.ts';
import { patchPlane } from './patches.ts';
import { type MovieSource, readSource } from './source.ts';
import { sumFrames } from './sum-frames.ts';
import { startThreadPool } from './thread-pool.ts';
import { unusableFrames } from './unusable.ts';

/**
 * Motion correction of one movie. Reads the movie twice (decoding again costs less than keeping all frames in
 * memory), aligns the frames between the two passes, and sums in Fourier space. The reference is the first
 * frame used.
 * @throws CodedError of the movie (MOVIE_*), the settings (TOO_FEW_FRAMES, DOSE_CONTRADICTION, GAIN_*,
 * DEFECTS_UNREADABLE), ALIGNMENT_FAILED for a movie without any counts, OUT_OF_MEMORY, CANCELLED
 */
export const alignMovie: AlignMovie = async (alignRequest) => {
  if (alignRequest.signal?.aborted) throw new CodedError('CANCELLED', '');
  const initialFingerprint = fingerprint(alignRequest.moviePath);
  const source = readSource(alignRequest);
  const { structure, options, request } = source;
  const firstFrame = request.throwFrames;
  const usedFrames = structure.frames - request.throwFrames - request.truncFrames;
  if (usedFrames < 1) {
    throw new CodedError(
      'TOO_FEW_FRAMES',
      `The movie has ${structure.frames} frames; throw is ${request.throwFrames}, trunc ${request.truncFrames}.`,
    );
  }
  const dose = dosePerFrame(request.dosePerFrameEA2, request.totalDoseEA2, structure.frames);
  const groups = groupFrames(usedFrames);
  const evenOdd = evenOddOf(request, dose, usedFrames);
  const prepared = prepare(request, structure, groups, dose, evenOdd);
  const { layout, memory } = prepared;
  const pool = await startThreadPool(
    { moviePath: request.moviePath, movieOptions: options, memory, layout },
    layout.slots.length,
    request.signal,
  );
  let hasFailed = true;
  try {
    const job: Job = { ...prepared, request, structure, pool, groups, dose, firstFrame, evenOdd };
    const outcome = await correctMotion(job, source);
    if (fingerprint(request.moviePath) !== initialFingerprint) {
      throw new CodedError('MOVIE_CHANGED', '', { file: request.moviePath });
    }
    hasFailed = false;
    return outcome;
  } finally {
    await pool.close(hasFailed);
    releaseMemory(memory);
  }
};

/** The requested even and odd sums: without weights if the dose is unknown, none for a single frame. */
function evenOddOf({ evenOdd }: AlignRequest, dose: number | null, frames: number): EvenOdd {
  if (!evenOdd || frames < 2) return null;
  return dose === null ? 'plain' : evenOdd;
}

function prepare(
  request: AlignRequest,
  structure: MovieStructure,
  groups: readonly number[],
  dose: number | null,
  evenOdd: EvenOdd,
): PreparedMovie {
  const { width, height } = structure;
  const { gain, mappedDefects, bad, findings } = loadCorrection(
    request.gain,
    request.defectMapPath,
    structure,
    request.within,
  );
  request.onReferences?.({ movie: structure, gain, mappedDefects });
  const geometry = geometryOf(width, height, request.binning);
  const layoutRequest: LayoutRequest = {
    geometry,
    pixelType: structure.pixelType,
    threads: Math.max(1, Math.min(request.threads, groups.length)),
    hasGain: gain !== null,
    badCapacity: bad.size + maxHotPixels(width * height),
    isDoseWeighted: dose !== null,
    hasEvenOddSums: evenOdd !== null,
    cropCount: groupSizes(groups).length,
    patch: patchPlane(geometry, request.patches ?? null),
  };
  const memory = acquireMemory(layoutBytes(layoutRequest));
  const layout = createLayout(memory, layoutRequest);
  writeGain(layout, memory, gain);
  return { layout, memory, correction: { bad, findings }, patch: layoutRequest.patch };
}

async function correctMotion(job: Job, source: MovieSource): Promise<AlignOutcome> {
  const { request, structure, layout, groups, dose, firstFrame } = job;
  const knownBadPixels = job.correction.bad.size;
  const examination = await examineFrames(job);
  const motion = await findMotion(job, examination);
  const sums = await sumFrames(job, motion, examination.isFlat);
  const { frame, sum, outputWidth, outputHeight } = layout.geometry;
  const { refinement, alignableCrops, local, shifts } = motion;
  return {
    width: outputWidth,
    height: outputHeight,
    pixelSizeA: (request.pixelSizeA * frame.width) / sum.width,
    ...sums,
    movieWidth: structure.width,
    movieHeight: structure.height,
    frames: structure.frames,
    firstFrame: firstFrame + 1,
    lastFrame: firstFrame + groups.length,
    referenceFrame: firstFrame + 1,
    shiftsPixels: shifts,
    ...(alignableCrops < 2 ? { isUnmeasured: true as const } : {}),
    local: local && describeLocal(local, request.patches!),
    dosePerFrameEA2: dose,
    iterations: refinement.iterations,
    converged: refinement.converged && !refinement.hasFailed,
    meanCountsPerPixelFrame: examination.values === 'counts' ? examination.foundPixels.meanPerFrame : null,
    hotPixels: examination.foundPixels.hotPixels,
    knownBadPixels,
    ...(structure.eer ? { eer: structure.eer } : {}),
    ...(examination.gainResult ?? {}),
    readerWarnings: structure.warnings,
    findings: [...source.findings, ...job.correction.findings, ...findingsOf(job, examination, motion)],
  };
}

function findingsOf(
  job: Job,
  examination: FrameExamination,
  { refinement, alignableCrops, local }: FoundMotion,
): AlignFinding[] {
  const { request, dose, firstFrame, evenOdd, structure } = job;
  const findings = [
    ...examination.foundPixels.findings,
    ...unusableFrames(examination.problems, examination.framesPerCrop, firstFrame + 1),
  ];
  if (examination.values !== 'counts')
    findings.push({ kind: 'not-counts', values: examination.values, hasGain: request.gain !== null });
  if (examination.gainResult)
    findings.push({ kind: 'gain-checked', check: examination.gainResult.gainCheck });
  if (dose === null) findings.push({ kind: 'dose-unknown' });
  if (evenOdd !== null && evenOdd !== request.evenOdd) findings.push({ kind: 'even-odd-not-weighted' });
  if (local?.reason) findings.push({ kind: 'no-local-motion', reason: local.reason });
  if (alignableCrops === 1)
    findings.push({
      kind: 'one-frame',
      frames: structure.frames,
      used: job.groups.length,
      cameraFrames: structure.eer?.cameraFrames ?? null,
    });
  if (refinement.hasFailed) findings.push({ kind: 'no-motion-measured' });
  else if (!refinement.converged) findings.push({ kind: 'not-converged' });
  return findings;
}

function describeLocal(local: LocalOutcome, patches: readonly [number, number]): LocalMotion {
  if (local.fit === null) return local;
  const { model, rmsPixels, points, outliers } = local.fit;
  const fit = { patches, coefficientsX: model.x, coefficientsY: model.y, rmsPixels, points, outliers };
  return { fit, reason: null };
}

/**
 * Size, modification time and inode of a file, which change when it is written to or replaced.
 * @throws CodedError MOVIE_MISSING
 */
function fingerprint(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch (error) {
    throw new CodedError('MOVIE_MISSING', '', { file: path }, { cause: error });
  }
}
