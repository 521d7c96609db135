import { CodedError } from '../../contract/errors.ts';
import type { GainCheck } from '../../contract/gain-check.ts';
import type { FrameProblem } from '../findings.ts';
import type { GainPattern } from '../gain-orientation/pattern.ts';
import { checkMovieGain } from './check-gain.ts';
import { type FoundPixels, treatHotPixels, writeReplacements } from './correction.ts';
import { groupSizes } from './groups.ts';
import { type Job, PROGRESS_AFTER_FIRST_PASS, reportProgress } from './job.ts';
import { firstPass } from './passes.ts';
import { type PixelValues, pixelValues } from './pixel-values.ts';
import { clearUnusable, cropProblems, problemsByNoise } from './unusable.ts';

/**
 * Results of pass 1, without the crops, which are in the shared memory. A crop contains the low frequencies
 * of the sum of a group of frames.
 */
export interface FrameExamination {
  /** Number of frames in the group of each crop. */
  readonly framesPerCrop: readonly number[];
  /** Whether each used frame is flat. */
  readonly isFlat: readonly boolean[];
  readonly values: PixelValues;
  readonly foundPixels: FoundPixels;
  /** Null without a gain, or if the values are not counts. */
  readonly gainResult: { readonly gainCheck: GainCheck; readonly gainPattern: GainPattern } | null;
  /** The problem of each crop; null: it can be aligned. */
  readonly problems: readonly (FrameProblem | null)[];
}

/**
 * Pass 1 over the frames: computes crops for alignment, finds hot pixels, checks the orientation of the gain,
 * and finds frames that cannot be aligned.
 * @throws CodedError ALIGNMENT_FAILED for a movie without any counts
 */
export async function examineFrames(job: Job): Promise<FrameExamination> {
  const { request, structure, pool, layout, memory, groups, firstFrame } = job;
  const { bad } = job.correction;
  const frames = groups.length;
  writeReplacements(layout, memory, bad);
  const samples = await firstPass(pool, layout, memory, groups, {
    firstFrame,
    frames,
    onFrames: (done) => reportProgress(job, (PROGRESS_AFTER_FIRST_PASS * done) / frames),
  });
  const isFlat = samples.map((sample) => sample.isFlat);
  const values = pixelValues(samples);
  const summedFrames = Math.max(1, isFlat.filter((value) => !value).length);
  const framesPerCrop = groupSizes(groups);
  const foundPixels = await treatHotPixels(pool, layout, memory, bad, framesPerCrop, summedFrames, samples);
  if (foundPixels.isBlank && !isFlat.includes(true))
    throw new CodedError('ALIGNMENT_FAILED', 'The movie contains no counts.', { file: request.moviePath });
  const gain = values === 'counts' ? request.gain : null;
  const gainResult = checkMovieGain(gain, structure, layout, memory, (index) => bad.has(index));
  const problems =
    values === 'counts'
      ? cropProblems(layout, memory, framesPerCrop, isFlat)
      : problemsByNoise(framesPerCrop, samples);
  clearUnusable(layout, memory, problems);
  return { framesPerCrop, isFlat, values, foundPixels, gainResult, problems };
}
