import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FoundMotion, motionErrors } from '../test/support/motion/errors.ts';
import { BENCH_MOVIE, type BenchMovie, ensureBenchMovie } from '../test/support/motion/movie.ts';
import { measureRelion } from './motion-parts/relion.ts';

const USAGE = `npm run bench -- motion [options]
  --size WxHxN       size and frames of the movie (4096x4096x40)
  --dose COUNTS      electrons per pixel per frame (1)
  --local PIXELS     largest local motion (3)
  --patches N        patches along each axis (5)
  --binning N        binning of the micrograph (1)
  --threads LIST     threads of the built-in engine, one run for each (1); RELION runs with the first of them
  --at-once          also compares one movie per core in parallel, each with one thread, with one movie at a time on all cores
  --seeds LIST       seeds of the noise, one movie and one run for each (1)
  --simulated N      simulate only the first N frames and repeat them: measures memory only, as there is no ground truth to compare with (all)
  --no-relion        run only the built-in engine
  --dir DIRECTORY    where the movies are created and kept (a directory below ${tmpdir()})`;

interface BuiltinMeasurement extends Measurement {
  readonly shiftsPixels: FoundMotion['shifts'];
  readonly local: null | {
    readonly fit: null | { readonly coefficientsX: number[]; readonly coefficientsY: number[] };
    readonly reason: string | null;
  };
}

interface Measurement {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
}

/**
 * Motion correction with gain, patches and dose weighting: wall time, CPU time and peak memory of a process,
 * and RMSD of the shifts from the truth; compared with RELION's own implementation if RELION is installed.
 */
export async function run(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (!options) {
    console.log(USAGE);
    return;
  }
  mkdirSync(options.directory, { recursive: true });
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
  );
  for (const seed of options.seeds) await compareOnMovie({ ...options.movie, seed }, options);
}

type Options = NonNullable<ReturnType<typeof readOptions>>;

/** Measures one movie: the built-in engine with each number of threads, then RELION. */
async function compareOnMovie(movie: BenchMovie, options: Options): Promise<void> {
  const { patches, binning, threads, directory } = options;
  const { moviePath, gainPath } = ensureBenchMovie(directory, movie);
  const measure = (count: number) =>
    measureBuiltin([moviePath, gainPath, count, patches, movie.dose, binning]);
  const size = `${movie.width}x${movie.height}x${movie.frames}`;
  console.log(
    `motion ${size} LZW, ${movie.dose} e/px, ${patches}x${patches} patches, binning ${binning}, seed ${movie.seed}`,
  );
  let first: BuiltinMeasurement | null = null;
  for (const count of threads) {
    const measurement = await measure(count);
    first ??= measurement;
    reportBuiltin(count, movie, measurement);
  }
  if (options.atOnce) await compareParallelMovies(measure);
  if (!options.relion || first === null) return;
  const settings = [String(threads[0]), patches, movie.dose, binning].map(String);
  const relion = measureRelion(moviePath, gainPath, ...(settings as [string, string, string, string]));
  if (relion) reportRelion(movie, first, relion);
  else console.log('  RELION is not installed');
}

function reportBuiltin(threads: number, movie: BenchMovie, measurement: BuiltinMeasurement): void {
  const fit = measurement.local?.fit;
  const local = fit ? { x: fit.coefficientsX, y: fit.coefficientsY } : null;
  report(`built-in, ${threads} thread(s)`, movie, measurement, { shifts: measurement.shiftsPixels, local });
  if (measurement.local?.reason) console.log(`    no local motion: ${measurement.local.reason}`);
}

function reportRelion(movie: BenchMovie, builtin: Measurement, relion: Measurement & FoundMotion): void {
  report('RELION', movie, relion, relion);
  const ratio = (select: (measurement: Measurement) => number) =>
    (select(builtin) / select(relion)).toFixed(3);
  console.log(
    `  built-in / RELION: CPU ${ratio((f) => f.cpuSeconds)}, memory ${ratio((f) => f.peakMebibytes)}`,
  );
}

/** Null if help was requested. */
function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      size: { type: 'string', default: '4096x4096x40' },
      dose: { type: 'string', default: String(BENCH_MOVIE.dose) },
      local: { type: 'string', default: String(BENCH_MOVIE.localPixels) },
      patches: { type: 'string', default: '5' },
      binning: { type: 'string', default: '1' },
      threads: { type: 'string', default: '1' },
      'at-once': { type: 'boolean', default: false },
      seeds: { type: 'string', default: '1' },
      simulated: { type: 'string' },
      'no-relion': { type: 'boolean', default: false },
      dir: { type: 'string', default: join(tmpdir(), 'cryoem-bench') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const [width, height, frames] = values.size.split('x').map(Number) as [number, number, number];
  const movie: BenchMovie = {
    ...BENCH_MOVIE,
    width,
    height,
    frames,
    dose: Number(values.dose),
    localPixels: Number(values.local),
    simulatedFrames: Number(values.simulated ?? frames),
  };
  return {
    movie,
    patches: Number(values.patches),
    binning: Number(values.binning),
    threads: values.threads.split(',').map(Number),
    seeds: values.seeds.split(',').map(Number),
    atOnce: values['at-once'],
    relion: !values['no-relion'],
    directory: values.dir,
  };
}

/**
 * Movies per hour on this machine: one movie per core in parallel, compared with one movie at a time on all
 * cores.
 */
async function compareParallelMovies(
  measure: (threads: number) => Promise<BuiltinMeasurement>,
): Promise<void> {
  const cores = availableParallelism();
  const rate = async (name: string, work: () => Promise<BuiltinMeasurement[]>) => {
    const start = performance.now();
    const measurements = await work();
    const seconds = (performance.now() - start) / 1e3;
    const cpu = measurements.reduce((sum, f) => sum + f.cpuSeconds, 0) / measurements.length;
    const peak = Math.max(...measurements.map((f) => f.peakMebibytes));
    console.log(
      `  ${name}: ${((3600 * measurements.length) / seconds).toFixed(0)} movies per hour, CPU ${cpu.toFixed(1)} s per movie, peak ${peak.toFixed(0)} MiB per process`,
    );
  };
  await rate(`${cores} movies in parallel, 1 thread each`, () =>
    Promise.all(Array.from({ length: cores }, () => measure(1))),
  );
  await rate(`1 movie at a time, ${cores} threads`, async () => {
    const measurements: BuiltinMeasurement[] = [];
    for (let i = 0; i < cores; i++) measurements.push(await measure(cores));
    return measurements;
  });
}

/**
 * Runs the built-in engine in a separate process.
 * @throws Error with the output of the process if it failed
 */
function measureBuiltin(args: readonly (string | number)[]): Promise<BuiltinMeasurement> {
  const script = new URL('./motion-parts/child.ts', import.meta.url).pathname;
  // Compiled code is kept between runs, as in `bin/cryoem`.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'cryoem-bench-compiled') };
  const child = spawn(process.execPath, [script, ...args.map(String)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors]: [string[], string[]] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(JSON.parse(output.join('')) as BuiltinMeasurement);
      else reject(new Error(`the measured process failed: ${errors.join('')}`));
    });
  });
}

function report(name: string, movie: BenchMovie, measurement: Measurement, motion: FoundMotion): void {
  const { wallSeconds, cpuSeconds, peakMebibytes } = measurement;
  const usage = `wall ${wallSeconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s, peak ${peakMebibytes.toFixed(0)} MiB`;
  if (movie.simulatedFrames < movie.frames) {
    console.log(`  ${name}: ${usage}`);
    return;
  }
  const { global, wholeFrame, field } = motionErrors(movie, motion);
  console.log(
    `  ${name}: ${usage}; RMSD global ${global.toFixed(3)} px, field ${field.toFixed(3)} px (${wholeFrame.toFixed(3)} px without local motion)`,
  );
}
