import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoundMotion } from '../../test/support/motion/errors.ts';

export interface RelionMeasurement extends FoundMotion {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMebibytes: number;
}

const PROGRAM = 'relion_run_motioncorr';
const OPTICS = `data_optics

loop_
_rlnOpticsGroupName #1
_rlnOpticsGroup #2
_rlnMicrographOriginalPixelSize #3
_rlnVoltage #4
_rlnSphericalAberration #5
_rlnAmplitudeContrast #6
opticsGroup1 1 1.0 300 2.7 0.1

`;

/** Measures RELION's own implementation with the same settings; null if RELION is not installed. */
export function measureRelion(
  moviePath: string,
  gainPath: string,
  threads: string,
  patches: string,
  dose: string,
  binning: string,
): RelionMeasurement | null {
  if (spawnSync(PROGRAM, ['--version']).error) return null;
  const directory = mkdtempSync(join(tmpdir(), 'bench-relion-'));
  try {
    const star = join(directory, 'movies.star');
    writeFileSync(
      star,
      `${OPTICS}data_movies\n\nloop_\n_rlnMicrographMovieName #1\n_rlnOpticsGroup #2\n${moviePath} 1\n`,
    );
    const flags = [
      ['--use_own', '--i', star, '--o', `${directory}/out/`],
      ['--j', threads, '--gainref', gainPath, '--patch_x', patches, '--patch_y', patches],
      ['--dose_weighting', '--save_noDW', '--dose_per_frame', dose],
      ['--bfactor', '150', '--bin_factor', binning],
    ].flat();
    const measure = [
      'import resource, subprocess, sys, time',
      'start = time.time()',
      'status = subprocess.call(sys.argv[2:], stdout=open(sys.argv[1], "w"), stderr=subprocess.STDOUT)',
      'used = resource.getrusage(resource.RUSAGE_CHILDREN)',
      'print(time.time() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)',
      'sys.exit(status)',
    ].join('\n');
    const result = spawnSync('python3', ['-c', measure, `${directory}/log`, PROGRAM, ...flags], {
      encoding: 'utf8',
    });
    if (result.status !== 0) {
      const log = readFileSync(`${directory}/log`, 'utf8').slice(-1500);
      throw new Error(`${PROGRAM} failed: ${result.stderr}\n${log}`);
    }
    const [wallSeconds, cpuSeconds, peakMebibytes] = result.stdout.trim().split(/\s+/).map(Number) as [
      number,
      number,
      number,
    ];
    const search = spawnSync(
      'find',
      [
        `${directory}/out`,
        '-name',
        '*.star',
        '-path',
        `*${moviePath
          .split('/')
          .at(-1)!
          .replace(/\.tiff$/, '')}*`,
      ],
      { encoding: 'utf8' },
    );
    const motion = readMotion(readFileSync(search.stdout.trim().split('\n')[0]!, 'utf8'));
    return { wallSeconds, cpuSeconds, peakMebibytes, ...motion };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Rows of numbers in one block of a STAR file. */
function rowsOf(star: string, block: string): number[][] {
  const body = star.split(`data_${block}`)[1]?.split(/\ndata_/)[0] ?? '';
  return body
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((row) => row.length > 1 && row.every(Number.isFinite));
}

/** RELION writes the shift to apply, so the sign is inverted. */
function readMotion(star: string): FoundMotion {
  const shifts = rowsOf(star, 'global_shift').map(([, x, y]): [number, number] => [-x!, -y!]);
  const coefficients = rowsOf(star, 'local_motion_model').map((row) => -row[1]!);
  if (coefficients.length !== 36) return { shifts, local: null };
  return { shifts, local: { x: coefficients.slice(0, 18), y: coefficients.slice(18) } };
}
