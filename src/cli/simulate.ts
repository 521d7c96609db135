import { Command, InvalidArgumentError, Option } from 'commander';
import { CodedError } from '../contract/errors.ts';
import { FAULT_KINDS, type FaultKind, type FaultRule } from '../simulator/faults.ts';
import { DEFAULT_ROUTE } from '../simulator/grid.ts';
import { simulateSession } from '../simulator/session.ts';
import { DEFAULT_MOVIE } from '../simulator/settings.ts';
import type { MovieTruth } from '../simulator/truth.ts';

const HELP = `
SESSION_DIR is one session in the service's tree, <top>/<project>/sessions/<user>/<session>; it is made where it is
missing. Movies go to SESSION_DIR/raw, what is true about them (motion, defocus, dose, faults) to SESSION_DIR/truth.json.
Run again with the same seed and size, it adds movies to the session.

Faults (movie numbers from 1, or a chance in percent for each movie):
  zero        a file of no bytes
  truncated   a file that ends early
  garbage     a file of the right size, filled with noise
  frame-size  a TIFF whose last frame is smaller
  movie-size  a movie of half the width and height, which the gain does not fit
  saturated   a movie whose frame in the middle is saturated (not in EER)

Examples:
  cryoem simulate /data/p1/sessions/ann/s1 --movies 20 --interval 5
  cryoem simulate /data/p1/sessions/ann/s2 --movies 0 --rate 300 --trickle 10     until Ctrl-C, slowly written
  cryoem simulate /data/p1/sessions/ann/s3 --fault zero:3,truncated:5 --fault garbage:10%

Exit codes: 0 done, or stopped by Ctrl-C with all files whole; 1 something failed; 2 wrong usage.`;

interface SimulateFlags {
  readonly movies: number;
  readonly interval?: number;
  readonly rate?: number;
  readonly size: readonly [number, number];
  readonly frames: number;
  readonly apix: number;
  readonly kev: number;
  readonly cs: number;
  readonly ac: number;
  readonly fmdose: number;
  readonly defocus: readonly [number, number];
  readonly astigmatism: readonly [number, number];
  readonly drift: readonly [number, number];
  readonly local: readonly [number, number];
  readonly contrast: number;
  readonly format: 'tiff' | 'mrc' | 'eer';
  readonly eerFrames: number;
  readonly mrcMode: '0' | '1';
  readonly gain: 'good' | 'wrong-size' | 'none';
  readonly holes: number;
  readonly shots: number;
  readonly seed: number;
  readonly start?: Date;
  readonly trickle?: number | true;
  readonly fault: readonly FaultRule[];
  readonly json?: true;
}

/** Seconds that a movie takes to grow where `--trickle` names none. */
const DEFAULT_TRICKLE_SECONDS = 5;

/** `cryoem simulate`: see `../simulator`. */
export function simulateCommand(): Command {
  const { width, height, frames, pixelSizeA, voltageKv, csMm, amplitudeContrast } = DEFAULT_MOVIE;
  const { dosePerFrameEA2, defocusRangeUm, astigmatismRangeA, driftRangePixels, localRangePixels, contrast } =
    DEFAULT_MOVIE;
  return (
    new Command('simulate')
      .summary('Writes movies of a simulated microscope, with known truth.')
      .description(
        'A simulated microscope: writes movies, metadata and a gain reference as EPU does, at a chosen pace.',
      )
      .argument('<session-dir>', 'directory of the session; raw/ and truth.json are made in it')
      .option('--movies <n>', 'how many; 0: until Ctrl-C', count(0), 10)
      .option('--interval <s>', 'seconds from one movie to the next (default: as fast as it can)', number(0))
      .addOption(
        new Option('--rate <n>', 'movies per hour, instead of --interval')
          .argParser(number(0, false))
          .conflicts('interval'),
      )
      .addOption(shown('--size <WxH>', 'pixels of a frame', size, [width, height], 'x'))
      .option('--frames <n>', 'frames of a movie', count(1), frames)
      .option('--apix <A>', 'pixel size, Angstrom', number(0, false), pixelSizeA)
      .option('--kev <kV>', 'acceleration voltage', number(0, false), voltageKv)
      .option('--cs <mm>', 'spherical aberration', number(0), csMm)
      .option('--ac <fraction>', 'amplitude contrast', number(0, true, 1), amplitudeContrast)
      .option('--fmdose <e/A2>', 'dose per frame', number(0, false), dosePerFrameEA2)
      .addOption(
        shown('--defocus <um>', 'mean defocus or its range, positive under focus', range, defocusRangeUm),
      )
      .addOption(
        shown('--astigmatism <A>', 'difference of the two defoci or its range', range, astigmatismRangeA),
      )
      .addOption(
        shown('--drift <px>', 'motion from first to last frame or its range', range, driftRangePixels),
      )
      .addOption(
        shown(
          '--local <px>',
          'largest motion beyond that of the whole frame, as of ice that bulges, or its range; 0: none',
          positiveRange,
          localRangePixels,
        ),
      )
      .option('--contrast <fraction>', 'root mean square of the contrast', number(0, true, 1), contrast)
      .addOption(new Option('--format <name>', 'file format').choices(['tiff', 'mrc', 'eer']).default('tiff'))
      .option(
        '--eer-frames <n>',
        'camera frames of an EER file per frame of the movie',
        count(1),
        DEFAULT_MOVIE.eerFramesPerFraction,
      )
      .addOption(
        new Option('--mrc-mode <n>', 'MRC pixel: 0 signed byte, 1 signed 16-bit')
          .choices(['0', '1'])
          .default('0'),
      )
      .addOption(
        new Option('--gain <kind>', 'gain reference to write; none: movies that need none')
          .choices(['good', 'wrong-size', 'none'])
          .default('good'),
      )
      .option('--holes <n>', 'holes of a grid square before the next', count(1), DEFAULT_ROUTE.holesPerSquare)
      .option('--shots <n>', 'movies of a hole', count(1), DEFAULT_ROUTE.moviesPerHole)
      .option('--seed <n>', 'the same seed gives the same movies', count(0), 1)
      .option(
        '--start <time>',
        'time of the first movie in names, e.g. 2026-01-31T12:00:00Z (default: now)',
        time,
      )
      .option(
        '--trickle [s]',
        `let each movie grow under its final name, over so many seconds (${DEFAULT_TRICKLE_SECONDS})`,
        number(0, false),
      )
      .addOption(
        shown('--fault <rules>', 'spoil movies: KIND:NUMBER or KIND:PERCENT%, with commas', faults, []),
      )
      .option('--json', 'one JSON object per movie instead of a line of text')
      .addHelpText('after', HELP)
      // commander leaves with 1 on wrong usage; here 1 means that something failed.
      .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
      .action(run)
  );
}

/** An option whose default is shown in the words in which it would be given. */
function shown<T>(
  flags: string,
  text: string,
  parse: (text: string, before: T) => T,
  value: T & readonly unknown[],
  separator = '-',
): Option {
  return new Option(flags, text).argParser(parse).default(value, value.join(separator) || 'none');
}

async function run(sessionDir: string, flags: SimulateFlags, command: Command): Promise<void> {
  if (flags.format !== 'tiff' && flags.fault.some(({ kind }) => kind === 'frame-size'))
    command.error(
      'error: frames of different sizes exist only in TIFF: use --format tiff or the fault movie-size',
    );
  if (flags.format === 'eer' && flags.fault.some(({ kind }) => kind === 'saturated'))
    command.error('error: EER cannot hold a saturated frame: use --format tiff or mrc');
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const trickleSeconds = flags.trickle === true ? DEFAULT_TRICKLE_SECONDS : (flags.trickle ?? 0);
  try {
    const truth = await simulateSession({
      sessionDir,
      movies: flags.movies === 0 ? Number.POSITIVE_INFINITY : flags.movies,
      intervalMs: 1000 * (flags.interval ?? (flags.rate ? 3600 / flags.rate : 0)),
      seed: flags.seed,
      route: { holesPerSquare: flags.holes, moviesPerHole: flags.shots },
      ...(flags.start ? { startedAt: flags.start } : {}),
      trickleMs: 1000 * trickleSeconds,
      faults: flags.fault,
      gain: flags.gain,
      signal: stop.signal,
      onMovie: (movie) => process.stdout.write(`${flags.json ? JSON.stringify(movie) : describe(movie)}\n`),
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
    });
    if (!truth.finished) process.stderr.write(`Stopped; the session has ${truth.movies.length} movies.\n`);
  } catch (error) {
    const known = error instanceof CodedError || (error as NodeJS.ErrnoException).code !== undefined;
    process.stderr.write(`${known ? (error as Error).message : (error as Error).stack}\n`);
    process.exitCode = error instanceof CodedError && error.code === 'BAD_PARAMETERS' ? 2 : 1;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function describe(movie: MovieTruth): string {
  const [x, y] = movie.shiftsPixels.at(-1)!;
  const defocusUm = (movie.defocusUA + movie.defocusVA) / 2e4;
  const fault = movie.fault ? `  fault ${movie.fault}` : '';
  return `${movie.number}  ${movie.path}  defocus ${defocusUm.toFixed(2)} um  drift ${Math.hypot(x, y).toFixed(1)} px${fault}`;
}

function number(least: number, inclusive = true, most = Number.POSITIVE_INFINITY) {
  return (text: string): number => {
    const value = Number(text);
    const low = inclusive ? value < least : value <= least;
    if (text.trim() === '' || !Number.isFinite(value) || low || value > most)
      throw new InvalidArgumentError(
        `Give a number ${inclusive ? 'from' : 'above'} ${least}${most < Number.POSITIVE_INFINITY ? ` to ${most}` : ''}.`,
      );
    return value;
  };
}

function count(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`Give a whole number from ${least}.`);
    return value;
  };
}

/** `0.8-2.5` or one value; signs are allowed: `-1--0.5`. */
function range(text: string): readonly [number, number] {
  const match = /^(-?\d*\.?\d+)(?:-(-?\d*\.?\d+))?$/.exec(text.trim());
  const low = Number(match?.[1]);
  const high = Number(match?.[2] ?? match?.[1]);
  if (!match || low > high) throw new InvalidArgumentError('Give a value or a range such as 0.8-2.5.');
  return [low, high];
}

/** A range that does not go below zero. */
export function positiveRange(text: string): readonly [number, number] {
  const [low, high] = range(text);
  if (low < 0) throw new InvalidArgumentError('Give a value or a range from 0 such as 1-3.');
  return [low, high];
}

const SMALLEST_SIDE = 32;
const LARGEST_SIDE = 16384;

function size(text: string): readonly [number, number] {
  const match = /^(\d+)x(\d+)$/.exec(text.trim().toLowerCase());
  const sides = [Number(match?.[1]), Number(match?.[2])] as const;
  if (!match || Math.min(...sides) < SMALLEST_SIDE || Math.max(...sides) > LARGEST_SIDE)
    throw new InvalidArgumentError(
      `Give width and height such as 1024x1024, each from ${SMALLEST_SIDE} to ${LARGEST_SIDE}.`,
    );
  return sides;
}

function time(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime()))
    throw new InvalidArgumentError('Give a time such as 2026-01-31T12:00:00Z.');
  return value;
}

/** `zero:3,truncated:10%`; may be given more than once. */
function faults(text: string, before: readonly FaultRule[]): readonly FaultRule[] {
  const rules = text.split(',').map((rule): FaultRule => {
    const match = /^([a-z-]+):(\d+(?:\.\d+)?)(%?)$/.exec(rule.trim());
    const kind = FAULT_KINDS.find((name) => name === match?.[1]) as FaultKind | undefined;
    if (!match || !kind)
      throw new InvalidArgumentError(
        `Give KIND:NUMBER or KIND:PERCENT%, KIND one of ${FAULT_KINDS.join(', ')}.`,
      );
    const value = Number(match[2]);
    return match[3] ? { kind, chance: value / 100 } : { kind, movies: [value] };
  });
  return [...before, ...rules];
}
