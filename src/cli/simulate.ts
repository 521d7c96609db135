import { Command } from 'commander';
import { errorCodeOf, messageOf } from '../base/errors.ts';
import { CodedError } from '../contract/errors.ts';
import { type SimulateSessionOptions, simulateSession } from '../simulator/session.ts';
import type { MovieTruth } from '../simulator/truth.ts';
import {
  addFileOptions,
  addImagingOptions,
  addPaceOptions,
  DEFAULT_TRICKLE_S,
  type SimulateFlags,
} from './simulate-options.ts';

const HELP = `
SESSION_DIR is one session in the service's directory tree, <top>/<project>/sessions/<user>/<session>; it is created if missing.
Movies go to SESSION_DIR/raw, and the true values of each (motion, defocus, dose, faults) to SESSION_DIR/truth.json.
When it is run again with the same seed and size, it adds movies to the session.

Faults (movie numbers from 1, or a chance in percent for each movie):
  zero        an empty file
  truncated   a file that ends early
  garbage     a file of the right size, filled with noise
  frame-size  a TIFF whose last frame is smaller
  movie-size  a movie of half the width and height, which does not match the gain reference
  saturated   a movie whose middle frame is saturated (not in EER)

Examples:
  cryoem simulate /data/p1/sessions/ann/s1 --movies 20 --interval 5
  cryoem simulate /data/p1/sessions/ann/s2 --movies 0 --rate 300 --trickle 10     written slowly, until Ctrl-C
  cryoem simulate /data/p1/sessions/ann/s3 --fault zero:3,truncated:5 --fault garbage:10%

Exit codes: 0 done, or stopped by Ctrl-C with all files complete; 1 something failed; 2 incorrect usage.`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const SECONDS_PER_HOUR = 3600;

/** `cryoem simulate`: see `../simulator`. */
export function simulateCommand(): Command {
  const command = new Command('simulate')
    .summary('Writes movies from a simulated microscope, with known true values.')
    .description(
      'A simulated microscope: writes movies, metadata and a gain reference as EPU does, at a chosen rate.',
    )
    .argument('<session-dir>', 'directory of the session; raw/ and truth.json are created in it');
  return (
    addFileOptions(addImagingOptions(addPaceOptions(command)))
      .addHelpText('after', HELP)
      // commander exits with 1 on incorrect usage; here 1 means that something failed.
      .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE))
      .action(run)
  );
}

async function run(sessionDir: string, flags: SimulateFlags, command: Command): Promise<void> {
  const contradiction = findContradiction(flags);
  if (contradiction !== null) command.error(`error: ${contradiction}`);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const truth = await simulateSession({ ...optionsOf(sessionDir, flags), signal: stop.signal });
    if (!truth.finished) process.stderr.write(`Stopped; movies in the session: ${truth.movies.length}.\n`);
  } catch (error) {
    process.exitCode = report(error);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function findContradiction({ format, fault }: SimulateFlags): string | null {
  const has = (kind: string) => fault.some((rule) => rule.kind === kind);
  if (format !== 'tiff' && has('frame-size'))
    return 'frames of different sizes exist only in TIFF: use --format tiff or the fault movie-size';
  if (format === 'eer' && has('saturated'))
    return 'EER cannot contain a saturated frame: use --format tiff or mrc';
  return null;
}

function optionsOf(sessionDir: string, flags: SimulateFlags): SimulateSessionOptions {
  const trickleS = flags.trickle === true ? DEFAULT_TRICKLE_S : (flags.trickle ?? 0);
  const intervalS = flags.interval ?? (flags.rate ? SECONDS_PER_HOUR / flags.rate : 0);
  return {
    sessionDir,
    movies: flags.movies === 0 ? Number.POSITIVE_INFINITY : flags.movies,
    intervalMs: 1000 * intervalS,
    seed: flags.seed,
    route: { holesPerSquare: flags.holes, moviesPerHole: flags.shots },
    ...(flags.start ? { startedAt: flags.start } : {}),
    trickleMs: 1000 * trickleS,
    faults: flags.fault,
    gain: flags.gain,
    onMovie: (movie) => process.stdout.write(`${flags.json ? JSON.stringify(movie) : lineOf(movie)}\n`),
    width: flags.size[0],
    height: flags.size[1],
    frames: flags.frames,
    pixelSizeA: flags.apix,
    voltageKv: flags.kev,
    csMm: flags.cs,
    amplitudeContrast: flags.ac,
    dosePerFrameEA2: flags.fmdose,
    defocusRangeUm: flags.defocus,
    astigmatismRangeA: flags.astigmatism,
    driftRangePixels: flags.drift,
    localRangePixels: flags.local,
    contrast: flags.contrast,
    format: flags.format,
    eerFramesPerFraction: flags.eerFrames,
    mrcMode: flags.mrcMode === '1' ? 1 : 0,
  };
}

/** Prints an error, with its stack if it is a defect of the program. @returns the exit code */
function report(error: unknown): number {
  const isExpected = error instanceof CodedError || errorCodeOf(error) !== null;
  const stack = error instanceof Error ? error.stack : undefined;
  process.stderr.write(`${isExpected ? messageOf(error) : (stack ?? messageOf(error))}\n`);
  return error instanceof CodedError && error.code === 'BAD_PARAMETERS' ? EXIT_USAGE : EXIT_FAILED;
}

function lineOf(movie: MovieTruth): string {
  const [x, y] = movie.shiftsPixels.at(-1) ?? [0, 0];
  const defocusUm = (movie.defocusUA + movie.defocusVA) / 2e4;
  const fault = movie.fault ? `  fault ${movie.fault}` : '';
  return `${movie.number}  ${movie.path}  defocus ${defocusUm.toFixed(2)} um  drift ${Math.hypot(x, y).toFixed(1)} px${fault}`;
}
