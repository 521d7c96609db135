import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import type { ProgramSettings } from '../../contract/programs.ts';
import {
  type MotioncorShifts,
  parseMotioncorFullLog,
  parseMotioncorOutput,
  parseMotioncorProgress,
} from '../../formats/logs/motioncor-shifts.ts';
import type { Aligner, WorkPlace } from '../adapter.ts';
import { type Flag, mergeArguments } from './arguments.ts';
import { findProgram } from './find-program.ts';
import { visibleGpus } from './gpus.ts';
import { motioncorLocal } from './motioncor-local.ts';
import { asMotion, Links, type MovieInput, readMovieInput } from './movie-input.ts';
import { versionOf } from './program-version.ts';
import { meanOf, readSum } from './read-sum.ts';
import { prepareReferences, type References } from './references.ts';
import { linkedCommandLine, programFailed, runProgram } from './run-program.ts';

export type Generation = 2 | 3;
export const motioncorProgram = (generation: Generation) => `motioncor${generation}` as const;

/** The predecessor's settings: iterations, tolerance in pixels, B-factors of the whole frame and of patches, part of the GPU's memory. */
const ITERATIONS = 7;
const TOLERANCE_PIXELS = 0.5;
const B_FACTORS = ['500', '150'];
const GPU_MEMORY = '0.25';
const LEAST_FRAMES = 2;
const OUT = 'out';
const INPUT_FLAGS = { mrc: '-InMrc', tiff: '-InTiff', eer: '-InEer' } as const;
const INTEGRATION_FILE = 'fractions.txt';
/** Shifts of the log (two digits, cut off) and those printed (three) may differ by this much, pixels. */
const ROUNDING_PIXELS = 0.03;

/** Files that the program is given beside the references. */
interface Inputs {
  readonly movie: string;
  readonly references: References;
  readonly gpus: readonly string[];
}

/**
 * The predecessor's command line. MotionCor2 wrote its logs by -LogFile before it knew -LogDir; what it does not know it passes over.
 * Frames that are thrown away were exposed, and MotionCor does not count them: their dose is the initial one.
 * @throws CodedError BAD_CONFIG where further arguments touch what reading the outputs depends on
 */
export function motioncorArguments(
  generation: Generation,
  input: MovieInput,
  { movie, references, gpus }: Inputs,
  further?: string,
): string[] {
  const { structure, request, doseEA2 } = input;
  const { gain, defects } = references;
  const { eer } = structure;
  const [across, down] = patchesOf(input) ?? [0, 0];
  const isIntegrated = eer !== undefined && eer.framesPerFraction > 1;
  const own: Flag[] = [
    [INPUT_FLAGS[structure.format], movie],
    ['-OutMrc', `${OUT}.mrc`],
    ['-LogDir', './'],
    ...(generation === 2 ? ([['-LogFile', OUT]] as const) : []),
    ['-Throw', `${request.throwFrames}`],
    ['-Trunc', `${request.truncFrames}`],
    ['-FtBin', `${request.binning}`],
    ['-Serial', '0'],
    ...(request.evenOdd === 'plain' ? ([['-SplitSum', '1']] as const) : []),
    ...(eer
      ? ([
          ['-FmIntFile', INTEGRATION_FILE],
          ['-EerSampling', `${eer.upsampling}`],
        ] as const)
      : []),
  ];
  const ours: Flag[] = [
    ...(gain
      ? ([
          ['-Gain', gain.file],
          ['-RotGain', `${gain.rotate}`],
          ['-FlipGain', `${gain.flip}`],
        ] as const)
      : []),
    ...(defects ? ([[defects.kind === 'text' ? '-DefectFile' : '-DefectMap', defects.file]] as const) : []),
    ['-Patch', `${across}`, `${down}`],
    ['-Iter', `${ITERATIONS}`],
    ['-Tol', `${TOLERANCE_PIXELS}`],
    ['-Bft', ...B_FACTORS],
    ['-PixSize', `${request.pixelSizeA}`],
    ['-kV', `${request.voltageKv}`],
    ...(doseEA2 === null || isIntegrated
      ? []
      : ([
          ['-FmDose', `${doseEA2}`],
          ['-InitDose', `${doseEA2 * request.throwFrames}`],
        ] as const)),
    ['-OutStack', '0'],
    ['-SumRange', '0', '0'],
    ...(generation === 3 ? ([['-Cs', '0']] as const) : []), // it would fit a CTF else, which nobody reads
    ['-GpuMemUsage', GPU_MEMORY],
    ['-Gpu', ...gpus],
  ];
  return mergeArguments(own, ours, further, fieldOf(generation));
}

const fieldOf = (generation: Generation) => `[programs] ${motioncorProgram(generation)}_arguments`;

/** Null where the frame is followed as a whole only; MotionCor does so below 2x2. */
function patchesOf({ request }: MovieInput): readonly [number, number] | null {
  const { patches } = request;
  return patches && Math.min(...patches) > 1 ? patches : null;
}

/** MotionCor2 or MotionCor3 behind the port of all programs. They need a GPU of NVIDIA. */
export function motioncorAdapter(generation: Generation, settings: ProgramSettings): Aligner {
  const program = motioncorProgram(generation);
  const name = `MotionCor${generation}`;
  return {
    name: program,
    version: 'unknown',
    async align(asked, place) {
      const path = findProgram(program, settings[program]);
      const input = readMovieInput(asked, name, LEAST_FRAMES);
      const { structure, request, doseEA2 } = input;
      const links = new Links(place);
      const movie = links.add(request.moviePath, `movie.${structure.format}`);
      const references = prepareReferences(input, links, place, 'multiplies');
      const integration = writeIntegration(input, place);
      const inputs = { movie, references, gpus: visibleGpus(process.env) };
      const args = motioncorArguments(generation, input, inputs, place.furtherArguments);
      const version = await versionOf({
        ...{ name, path, argument: '--version' },
        ...{
          inAnswer: /MotionCor\d?\s+version\s+(\d[\w.]*)/i,
          inFileName: /motioncor\d?[-_]v?(\d[\d.]*\d)/i,
        },
      });
      const printed = await runProgram({
        ...{ name, path, args, cwd: place.workDir },
        ...{ timeoutMs: settings.timeoutSeconds * 1000, signal: request.signal },
      });
      const progress = parseMotioncorProgress(printed);
      if (progress.omissions.length > 0)
        throw programFailed(
          `${name} left out what was asked for: ${progress.omissions.join('; ')}.`,
          printed,
        );
      const shifts = readShifts(name, place, input, printed);
      const plain = readSum(name, place, `${OUT}.mrc`, input, printed);
      const weighted = doseEA2 === null ? null : readSum(name, place, `${OUT}_DW.mrc`, input, printed);
      const split = request.evenOdd === 'plain' ? readSplit(name, place, input, plain.data, printed) : null;
      const local = motioncorLocal(place, input, patchesOf(input));
      const isSettled = progress.lastErrorPixels === null || progress.lastErrorPixels < TOLERANCE_PIXELS;
      return {
        outcome: {
          ...{ width: plain.width, height: plain.height, pixelSizeA: request.pixelSizeA * request.binning },
          ...{ sum: plain.data, doseWeighted: weighted?.data ?? null },
          ...(split?.even ? { evenOdd: { isWeighted: false, even: split.even } } : {}),
          ...{ movieWidth: structure.width, movieHeight: structure.height, frames: structure.frames },
          ...{ firstFrame: input.firstFrame, lastFrame: input.lastFrame, referenceFrame: input.firstFrame },
          shiftsPixels: asMotion(shifts.toApply),
          ...{ local, dosePerFrameEA2: doseEA2 },
          ...{ iterations: progress.iterations, converged: isSettled },
          meanCountsPerPixelFrame: null, // how it scales its sums is not documented
          hotPixels: [],
          ...(structure.eer ? { eer: structure.eer } : {}),
          programLog: [printed, ...logsOf(place)].join('\n'),
          warnings: [
            ...structure.warnings,
            ...references.notes,
            ...integration.notes,
            ...shifts.notes,
            ...(split?.notes ?? []),
            ...(version === null ? [`${name} does not say its version.`] : []),
            ...(doseEA2 === null ? ['The dose is not known: there is no dose-weighted sum.'] : []),
            ...(local?.reason ? [`The model of local motion is missing. ${local.reason}`] : []),
            ...(isSettled ? [] : ['Alignment did not settle: look at the drift before trusting this movie.']),
          ],
        },
        command: linkedCommandLine(links.commands, path, args) + integration.command,
        external: { version: version ?? 'unknown' },
      };
    },
  };
}

/** Of the deviation of the sum: what the rounding of two sums may make of it. */
const SPLIT_TOLERANCE = 0.01;

/** The part of the plain sum that MotionCor calls even; none where both parts do not make the whole, as another scale would. */
function readSplit(
  program: string,
  place: WorkPlace,
  input: MovieInput,
  whole: Float32Array,
  printed: string,
): { even: Float32Array | null; notes: string[] } {
  const [even, odd] = ['EVN', 'ODD'].map(
    (part) => readSum(program, place, `${OUT}_${part}.mrc`, input, printed).data,
  ) as [Float32Array, Float32Array];
  if (even.length !== whole.length || odd.length !== whole.length)
    throw programFailed(`${program} wrote sums of different sizes.`, printed);
  const mean = meanOf(whole);
  let [missed, deviation] = [0, 0];
  whole.forEach((value, i) => {
    missed += (even[i]! + odd[i]! - value) ** 2;
    deviation += (value - mean) ** 2;
  });
  return missed <= SPLIT_TOLERANCE ** 2 * deviation
    ? { even, notes: [] }
    : { even: null, notes: [`The even and odd sums of ${program} do not make up its whole sum.`] };
}

/** Of EER: `camera-frames grouping dose`, the dose that of one camera frame; 0 where it is not known. */
function writeIntegration(
  { structure, doseEA2 }: MovieInput,
  { workDir }: WorkPlace,
): { notes: string[]; command: string } {
  const { eer } = structure;
  if (!eer) return { notes: [], command: '' };
  const dose = doseEA2 === null ? 0 : doseEA2 / eer.framesPerFraction;
  const line = `${eer.cameraFrames} ${eer.framesPerFraction} ${dose}`;
  writeFileSync(join(workDir, INTEGRATION_FILE), `${line}\n`);
  return {
    notes:
      eer.leftOver === 0
        ? []
        : [`MotionCor adds the ${eer.leftOver} camera frames that are left over to the last fractions.`],
    command: ` # ${INTEGRATION_FILE}: ${line}`,
  };
}

/** All `*.log` of the work directory by name; MotionCor2 puts a number before the ending where -LogFile is a prefix. */
function logNames({ workDir }: WorkPlace): string[] {
  return readdirSync(workDir)
    .filter((name) => /\.log$/i.test(name))
    .sort();
}

const logsOf = (place: WorkPlace) =>
  logNames(place).map((name) => `==> ${name} <==\n${readFileSync(join(place.workDir, name), 'utf8')}`);

/**
 * Shifts of the whole frames from the log file, or from what was printed where no file was written. Where both are there and differ, a
 * warning says so: a format that changed may be read as something else before it is read as nothing.
 */
function readShifts(
  program: string,
  place: WorkPlace,
  input: MovieInput,
  printed: string,
): { toApply: MotioncorShifts; notes: string[] } {
  const isPatched = patchesOf(input) !== null;
  const names = logNames(place);
  const file =
    names.find((name) => (isPatched ? /-Patch-Full\.log$/i : /(?<!-Patch)-Full\.log$/i).test(name)) ??
    names.find((name) => /-Full\.log$/i.test(name));
  const shown = () => parseMotioncorOutput(printed, `output of ${program}`, input.used).value;
  const toApply =
    file === undefined
      ? shown()
      : parseMotioncorFullLog(readFileSync(join(place.workDir, file), 'utf8'), file, input.used).value;
  const notes = [
    ...(toApply.every(([x, y]) => x === 0 && y === 0)
      ? [`${program} says that nothing moved at all: see whether its log is read aright.`]
      : []),
    ...(file === undefined
      ? [`${program} wrote no log of its shifts: they are those that it printed.`]
      : comparison(file, toApply, shown)),
  ];
  return { toApply, notes };
}

function comparison(file: string, logged: MotioncorShifts, shown: () => MotioncorShifts): string[] {
  try {
    const largest = largestDifference(asMotion(logged), asMotion(shown()));
    return largest <= ROUNDING_PIXELS
      ? []
      : [`The shifts of ${file} and those printed differ by up to ${largest.toFixed(2)} pixels.`];
  } catch (error) {
    if (error instanceof CodedError) return [`Only ${file} tells the shifts. ${error.message}`];
    throw error;
  }
}

const largestDifference = (a: MotioncorShifts, b: MotioncorShifts): number =>
  Math.max(...a.map(([x, y], i) => Math.max(Math.abs(x - b[i]![0]), Math.abs(y - b[i]![1]))));
