import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BENCH_SHIFTS, ensureBenchMovie } from './motion-parts/movie.ts';

/**
 * Whole-frame motion correction of a 4096x4096x40 movie, with gain and dose weighting: wall time, CPU time, peak memory;
 * beside it RELION's own implementation where it is installed.
 * @param args - [directory for the movie, kept for the next run] [threads]
 */
export async function run(args: string[]): Promise<void> {
  const directory = args[0] ?? join(tmpdir(), 'cryoem-bench');
  const threads = args[1] ?? '1';
  mkdirSync(directory, { recursive: true });
  const { moviePath, gainPath } = ensureBenchMovie(directory);
  const script = new URL('./motion-parts/child.ts', import.meta.url).pathname;
  const child = spawnSync(process.execPath, [script, moviePath, gainPath, threads], { encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`the measured process failed: ${child.stderr}`);
  const figures = JSON.parse(child.stdout);
  const errors = BENCH_SHIFTS.map(([x, y], i) => {
    const [foundX, foundY] = figures.shiftsPixels[i];
    return (foundX - x) ** 2 + (foundY - y) ** 2;
  });
  const rmsd = Math.sqrt(errors.reduce((a, b) => a + b, 0) / errors.length);
  console.log(
    `motion 4096x4096x40 LZW, ${threads} thread(s): wall ${figures.wallSeconds.toFixed(1)} s, CPU ${figures.cpuSeconds.toFixed(1)} s, ` +
      `peak ${figures.peakMebibytes.toFixed(0)} MiB, ${figures.iterations} iterations, RMSD to truth ${rmsd.toFixed(3)} px`,
  );
  measureRelion(moviePath, gainPath, threads);
}

function measureRelion(moviePath: string, gainPath: string, threads: string): void {
  const program = 'relion_run_motioncorr';
  if (spawnSync(program, ['--version']).error) {
    console.log(`motion peer: ${program} is not installed`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'bench-relion-'));
  try {
    const star = join(directory, 'movies.star');
    const optics =
      'data_optics\n\nloop_\n_rlnOpticsGroupName #1\n_rlnOpticsGroup #2\n_rlnMicrographOriginalPixelSize #3\n_rlnVoltage #4\n' +
      '_rlnSphericalAberration #5\n_rlnAmplitudeContrast #6\nopticsGroup1 1 1.0 300 2.7 0.1\n\n';
    const movies = `data_movies\n\nloop_\n_rlnMicrographMovieName #1\n_rlnOpticsGroup #2\n${moviePath} 1\n`;
    writeFileSync(star, optics + movies);
    const flags = [
      ...['--use_own', '--i', star, '--o', `${directory}/out/`, '--j', threads, '--gainref', gainPath],
      ...['--patch_x', '1', '--patch_y', '1', '--dose_weighting', '--save_noDW', '--dose_per_frame', '1'],
      ...['--bfactor', '150'],
    ];
    const command = [program, ...flags].map((word) => `'${word}'`).join(' ');
    const result = spawnSync('bash', ['-c', `time -p ${command} >${directory}/log 2>&1`], {
      encoding: 'utf8',
    });
    const seconds = (name: string) => Number(new RegExp(`${name} ([0-9.]+)`).exec(result.stderr)?.[1]);
    if (result.status !== 0)
      throw new Error(
        `${program} failed: ${result.stderr}\n${readFileSync(`${directory}/log`, 'utf8').slice(-1500)}`,
      );
    console.log(
      `motion peer RELION --use_own, whole frame: wall ${seconds('real').toFixed(1)} s, CPU ${(seconds('user') + seconds('sys')).toFixed(1)} s`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
