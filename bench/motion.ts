import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FoundMotion, motionErrors } from './motion-parts/errors.ts';
import { BENCH_MOVIE, type BenchMovie, ensureBenchMovie } from './motion-parts/movie.ts';
import { measureRelion } from './motion-parts/relion.ts';

/**
 * Motion correction with gain, patches and dose weighting: wall time, CPU time, peak memory and distance from the truth; beside it
 * RELION's own implementation where it is installed.
 * @param args - [directory for the movie, kept for the next run] [threads] [WIDTHxHEIGHTxFRAMES] [counts per pixel and frame]
 * [patches along an axis] [pixels of local motion]
 */
export async function run(args: string[]): Promise<void> {
  const directory = args[0] ?? join(tmpdir(), 'cryoem-bench');
  const threads = args[1] ?? '1';
  const [width, height, frames] = (args[2] ?? '4096x4096x40').split('x').map(Number) as [
    number,
    number,
    number,
  ];
  const dose = Number(args[3] ?? BENCH_MOVIE.dose);
  const patches = args[4] ?? '5';
  const localPixels = Number(args[5] ?? BENCH_MOVIE.localPixels);
  const movie: BenchMovie = { ...BENCH_MOVIE, width, height, frames, dose, localPixels };
  mkdirSync(directory, { recursive: true });
  const { moviePath, gainPath } = ensureBenchMovie(directory, movie);
  const script = new URL('./motion-parts/child.ts', import.meta.url).pathname;
  const words = [script, moviePath, gainPath, threads, patches, String(dose)];
  const child = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`the measured process failed: ${child.stderr}`);
  const own = JSON.parse(child.stdout);
  console.log(
    `motion ${width}x${height}x${frames} LZW, ${dose} e/px, ${patches}x${patches} patches, ${threads} thread(s)`,
  );
  const fit = own.local?.fit;
  const local = fit ? { x: fit.coefficientsX, y: fit.coefficientsY } : null;
  report('built-in', movie, own, { shifts: own.shiftsPixels, local });
  if (own.local?.reason) console.log(`  no local motion: ${own.local.reason}`);
  const relion = measureRelion(moviePath, gainPath, threads, patches, String(dose));
  if (!relion) {
    console.log('  RELION is not installed');
    return;
  }
  report('RELION  ', movie, relion, relion);
  console.log(
    `  built-in / RELION: CPU ${(own.cpuSeconds / relion.cpuSeconds).toFixed(3)}, memory ${(own.peakMebibytes / relion.peakMebibytes).toFixed(3)}`,
  );
}

interface Figures {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
}

function report(name: string, movie: BenchMovie, figures: Figures, found: FoundMotion): void {
  const { global, whole, field } = motionErrors(movie, found);
  console.log(
    `  ${name}: wall ${figures.wallSeconds.toFixed(1)} s, CPU ${figures.cpuSeconds.toFixed(1)} s, peak ${figures.peakMebibytes.toFixed(0)} MiB; ` +
      `RMSD global ${global.toFixed(3)} px, field ${field.toFixed(3)} px (${whole.toFixed(3)} px without local motion)`,
  );
}
