import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Image } from '../../../src/formats/movie.ts';
import { readImage } from '../../../src/formats/open.ts';
import { parseStar } from '../../../src/formats/star/parse.ts';

/**
 * RELION's implementation of motion correction, an independent program for comparison. It is available if the
 * Debian package `relion` is installed.
 */
const PROGRAM = '/usr/bin/relion_run_motioncorr';
export const hasRelion = existsSync(PROGRAM);
/** Appended to titles of tests that need RELION. */
export const relionSkipNote = hasRelion ? '' : ' [RELION is not installed]';

export interface RelionMotion {
  /** The sum, with the row order of RELION's file. */
  readonly sum: Image;
  /**
   * Motion of the content, pixels of the movie: RELION writes the shift to apply, so the sign is inverted.
   */
  readonly shifts: readonly (readonly [number, number])[];
  /** Coefficients of local motion, with the sign of the content's motion; null if RELION found no model. */
  readonly local: { readonly x: readonly number[]; readonly y: readonly number[] } | null;
  readonly star: string;
  /** `corrected_micrographs.star`. */
  readonly table: string;
}

/**
 * Runs RELION on a movie in `directory`. With fewer than 3 frames, RELION does nothing and prints no message.
 * @param flags - in addition to input, output, `--angpix 1 --voltage 300`
 */
export function runRelion(directory: string, movie: string, flags: readonly string[]): RelionMotion {
  const args = ['--use_own', '--i', basename(movie), '--o', 'relion/', '--angpix', '1', '--voltage', '300'];
  execFileSync(PROGRAM, [...args, ...flags], { cwd: directory, stdio: 'pipe' });
  const base = join(directory, 'relion', basename(movie).replace(/\.\w+$/, ''));
  const sum = readImage(`${base}.mrc`);
  const star = readFileSync(`${base}.star`, 'utf8');
  const table = readFileSync(join(directory, 'relion', 'corrected_micrographs.star'), 'utf8');
  rmSync(join(directory, 'relion'), { recursive: true });
  return { sum, star, table, ...readMotion(star) };
}

/** Reads the motion from a STAR file in RELION's format, with the sign of the content's motion. */
function readMotion(star: string): Pick<RelionMotion, 'shifts' | 'local'> {
  const blocks = parseStar(star);
  const column = (name: string, label: string): number[] => {
    const block = blocks.find((candidate) => candidate.name === name);
    return (block?.rows ?? []).map((row) => 0 - Number(row[block!.columns.indexOf(label)]));
  };
  const xs = column('global_shift', 'rlnMicrographShiftX');
  const ys = column('global_shift', 'rlnMicrographShiftY');
  const coefficients = column('local_motion_model', 'rlnMotionModelCoeff');
  return {
    shifts: xs.map((x, i) => [x, ys[i]!] as const),
    local: coefficients.length === 36 ? { x: coefficients.slice(0, 18), y: coefficients.slice(18) } : null,
  };
}
