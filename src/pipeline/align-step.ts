import type { GainCheck } from '../contract/gain-check.ts';
import {
  MAX_HOT_PIXELS,
  type MicrographStatistics,
  type Motion,
  type ReplacedPixels,
} from '../contract/record.ts';
import type { LoadedReferences } from '../engine/ports.ts';
import { type Alignment, programFor } from './adapter.ts';
import { describeMotion } from './motion.ts';
import { motionStar } from './motion-star.ts';
import { PolishReferences } from './polish-references.ts';
import { boundariesOf, nameOutput, type Run, runStep, warn } from './run.ts';
import { pathInSession } from './session-path.ts';
import { describeMicrograph } from './statistics.ts';
import { writeSums } from './sums.ts';

/**
 * Results of an alignment that later steps need: the sum without dose weighting, and the values of the
 * record.
 */
export interface Micrograph {
  readonly sum: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number;
  /** Its MRC file, and whether other programs can read it: it must be staged and in mode 2. */
  readonly path: string;
  readonly isReadableByPrograms: boolean;
  readonly motion: Motion;
  readonly statistics: MicrographStatistics;
  readonly replacedPixels?: ReplacedPixels | undefined;
  readonly gainCheck?: GainCheck | undefined;
}

/**
 * Movie -> `<base>.mrc`, `<base>_DW.mrc` (if the dose is known), even and odd sums on request, `<base>.star`
 * and, with a gain, `<base>_gain.jpg`, all staged.
 */
export async function alignStep(run: Run): Promise<Micrograph> {
  const { recipe, threads } = run.batch;
  const { staging, hooks, tools } = run;
  const program = programFor(tools.programs, recipe.programs.align, 'align');
  const references = new PolishReferences(run);
  const request = {
    moviePath: run.moviePath,
    pixelSizeA: recipe.pixelSizeA,
    voltageKv: recipe.voltageKv,
    dosePerFrameEA2: recipe.dosePerFrameEA2,
    totalDoseEA2: recipe.totalDoseEA2,
    binning: recipe.binning,
    throwFrames: recipe.throwFrames,
    truncFrames: recipe.truncFrames,
    gain: recipe.gain,
    defectMapPath: recipe.defectMapPath,
    within: boundariesOf(run.batch),
    eer: recipe.eer,
    patches: recipe.patches,
    evenOdd: recipe.evenOdd,
    threads,
    ...hooks,
    onReferences: (loaded: LoadedReferences) => references.writeMissing(loaded),
  };
  const aligned = await runStep(run, { name: 'align', program: program.name, version: program.version }, () =>
    program.align(request, {
      workDir: staging.workDir,
      additionalArguments: recipe.programs.alignArguments,
    }),
  );
  warn(run, 'align', aligned.warnings);

  // An EER movie that is rendered with upsampling has smaller pixels than the sensor.
  const upsampling = aligned.eer?.upsampling ?? 1;
  const moviePixelSizeA = recipe.pixelSizeA / upsampling;
  const motion = describeMotion(aligned, moviePixelSizeA);
  const { width, height, pixelSizeA, sum } = aligned;
  const { path, isFloat32: isReadableByPrograms } = writeSums(run, aligned);
  const movieSettings = { ...recipe, pixelSizeA: moviePixelSizeA, binning: recipe.binning * upsampling };
  const star = motionStar(aligned, movieSettings, ...(await starPaths(run, references)));
  await staging.write(nameOutput(run, 'motionStar'), star);
  if (aligned.gainPattern)
    await staging.write(nameOutput(run, 'gainPicture'), await tools.pictures.gain(aligned.gainPattern));
  if (aligned.programLog !== undefined) await staging.write(nameOutput(run, 'alignLog'), aligned.programLog);
  const statistics = describeMicrograph(aligned);
  const { gainCheck } = aligned;
  const replacedPixels = replacedPixelsOf(aligned);
  return {
    sum,
    width,
    height,
    pixelSizeA,
    path,
    isReadableByPrograms,
    motion,
    statistics,
    replacedPixels,
    gainCheck,
  };
}

/** Paths of the movie and of its gain and defects, as written to its STAR file. */
async function starPaths({ batch, moviePath }: Run, references: PolishReferences) {
  const { gainPath, defectPath } = await references.publish();
  const pathInStar = (path: string) => pathInSession(batch, path);
  return [
    pathInStar(moviePath),
    { gainPath: gainPath && pathInStar(gainPath), defectPath: defectPath && pathInStar(defectPath) },
  ] as const;
}

/** Undefined if the program does not report them. */
function replacedPixelsOf({ hotPixels, knownBadPixels }: Alignment): ReplacedPixels | undefined {
  if (knownBadPixels === undefined && hotPixels.length === 0) return undefined;
  const hot = hotPixels.slice(0, MAX_HOT_PIXELS).map(([x, y]): [number, number] => [x, y]);
  return { known: knownBadPixels ?? null, hotCount: hotPixels.length, hot };
}
