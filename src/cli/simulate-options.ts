import { type Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_KINDS, type FaultRule } from '../simulator/faults.ts';
import { DEFAULT_ROUTE } from '../simulator/grid.ts';
import { DEFAULT_MOVIE } from '../simulator/settings.ts';
import {
  decimalNumber,
  frameSize,
  nonNegativeRange,
  type Range,
  range,
  time,
  wholeNumber,
} from './option-values.ts';

/** Values of the options of `cryoem simulate`, under the names that commander gives them. */
export interface SimulateFlags {
  readonly movies: number;
  readonly interval?: number;
  readonly rate?: number;
  readonly size: Range;
  readonly frames: number;
  readonly apix: number;
  readonly kev: number;
  readonly cs: number;
  readonly ac: number;
  readonly fmdose: number;
  readonly defocus: Range;
  readonly astigmatism: Range;
  readonly drift: Range;
  readonly local: Range;
  readonly contrast: number;
  readonly format: 'tiff' | 'mrc' | 'eer';
  readonly eerFrames: number;
  readonly mrcMode: '0' | '1';
  readonly gain: 'good' | 'wrong-size' | 'none';
  readonly holes: number;
  readonly shots: number;
  readonly seed: number;
  readonly start?: Date;
  /** Seconds; true if the flag has no value. */
  readonly trickle?: number | true;
  readonly fault: readonly FaultRule[];
  readonly json?: true;
}

/** Seconds during which a movie grows if `--trickle` has no value. */
export const DEFAULT_TRICKLE_S = 5;

const MIN_FRAME_SIDE = 32;
const MAX_FRAME_SIDE = 16384;

const positiveNumber = decimalNumber({ minimum: 0, excludesMinimum: true });
const nonNegativeNumber = decimalNumber({ minimum: 0 });
const fraction = decimalNumber({ minimum: 0, maximum: 1 });

/** Number and timing of the movies. */
export function addPaceOptions(command: Command): Command {
  return command
    .option('--movies <n>', 'number of movies; 0: until Ctrl-C', wholeNumber(0), 10)
    .option(
      '--interval <s>',
      'seconds from one movie to the next (default: as fast as possible)',
      nonNegativeNumber,
    )
    .addOption(
      new Option('--rate <n>', 'movies per hour, instead of --interval')
        .argParser(positiveNumber)
        .conflicts('interval'),
    )
    .option(
      '--start <time>',
      'time of the first movie in file names, such as 2026-01-31T12:00:00Z (default: now)',
      time,
    )
    .option(
      '--trickle [s]',
      `let each movie grow under its final name for this many seconds (without a value: ${DEFAULT_TRICKLE_S})`,
      positiveNumber,
    )
    .option('--holes <n>', 'holes per grid square', wholeNumber(1), DEFAULT_ROUTE.holesPerSquare)
    .option('--shots <n>', 'movies per hole', wholeNumber(1), DEFAULT_ROUTE.moviesPerHole)
    .option('--seed <n>', 'the same seed gives the same movies', wholeNumber(0), 1);
}

/** Microscope, camera and specimen. */
export function addImagingOptions(command: Command): Command {
  const movie = DEFAULT_MOVIE;
  return command
    .addOption(
      optionWithDefault(
        '--size <WxH>',
        'pixels of a frame',
        frameSize(MIN_FRAME_SIDE, MAX_FRAME_SIDE),
        [movie.width, movie.height],
        'x',
      ),
    )
    .option('--frames <n>', 'frames per movie', wholeNumber(1), movie.frames)
    .option('--apix <A>', 'pixel size, Angstrom', positiveNumber, movie.pixelSizeA)
    .option('--kev <kV>', 'accelerating voltage', positiveNumber, movie.voltageKv)
    .option('--cs <mm>', 'spherical aberration', nonNegativeNumber, movie.csMm)
    .option('--ac <fraction>', 'amplitude contrast', fraction, movie.amplitudeContrast)
    .option('--fmdose <e/A2>', 'dose per frame', positiveNumber, movie.dosePerFrameEA2)
    .addOption(
      optionWithDefault('--defocus <um>', 'mean underfocus, or its range', range, movie.defocusRangeUm),
    )
    .addOption(
      optionWithDefault(
        '--astigmatism <A>',
        'difference between the two defocus values, or its range',
        range,
        movie.astigmatismRangeA,
      ),
    )
    .addOption(
      optionWithDefault(
        '--drift <px>',
        'motion from first to last frame, or its range',
        range,
        movie.driftRangePixels,
      ),
    )
    .addOption(
      optionWithDefault(
        '--local <px>',
        'maximum local motion beyond the whole-frame motion, or its range; 0: none',
        nonNegativeRange,
        movie.localRangePixels,
      ),
    )
    .option('--contrast <fraction>', 'root mean square of the contrast', fraction, movie.contrast);
}

/** File formats, and faults of files. */
export function addFileOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <name>', 'file format').choices(['tiff', 'mrc', 'eer']).default('tiff'))
    .option(
      '--eer-frames <n>',
      'camera frames of an EER file per frame of the movie',
      wholeNumber(1),
      DEFAULT_MOVIE.eerFramesPerFraction,
    )
    .addOption(
      new Option('--mrc-mode <n>', 'MRC pixels: 0 signed byte, 1 signed 16-bit')
        .choices(['0', '1'])
        .default('0'),
    )
    .addOption(
      new Option('--gain <kind>', 'gain reference to write; none: movies that are already corrected')
        .choices(['good', 'wrong-size', 'none'])
        .default('good'),
    )
    .addOption(
      optionWithDefault(
        '--fault <rules>',
        'damage movies: KIND:NUMBER or KIND:PERCENT%, comma-separated',
        faultRules,
        [],
      ),
    )
    .option('--json', 'print one JSON object per movie instead of a line of text');
}

/** An option whose help shows the default in the form in which a user would type it. */
function optionWithDefault<T>(
  flags: string,
  text: string,
  parse: (text: string, previous: T) => T,
  value: T & readonly unknown[],
  separator = '-',
): Option {
  return new Option(flags, text).argParser(parse).default(value, value.join(separator) || 'none');
}

/** Parses rules such as `zero:3,truncated:10%`. The option may be given more than once. */
function faultRules(text: string, previous: readonly FaultRule[]): readonly FaultRule[] {
  return [...previous, ...text.split(',').map(faultRule)];
}

function faultRule(text: string): FaultRule {
  const match = /^([a-z-]+):(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  const kind = FAULT_KINDS.find((name) => name === match?.[1]);
  if (!match || !kind)
    throw new InvalidArgumentError(
      `It must be KIND:NUMBER or KIND:PERCENT%, with KIND one of ${FAULT_KINDS.join(', ')}.`,
    );
  const value = Number(match[2]);
  return match[3] ? { kind, chance: value / 100 } : { kind, movies: [value] };
}
