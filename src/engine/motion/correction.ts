import type { GainSetting } from '../../contract/recipe.ts';
import type { Image } from '../../formats/movie.ts';
import type { AlignFinding } from '../findings.ts';
import type { Boundaries } from '../ports.ts';
import { addGainDefects, addMappedDefects, PixelSet, REPLACEMENT_LENGTH, replacementsOf } from './defects.ts';
import { loadGain } from './gain.ts';
import type { GainTarget } from './gain-size.ts';
import { findHotPixels } from './hot-pixels.ts';
import type { Layout } from './layout.ts';
import { dispersion, type FrameSample, pixelValues } from './pixel-values.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Gain and bad pixels of one movie. */

export interface Correction {
  readonly gain: Image | null;
  /** Pixels in the defect map; null: there is no map. */
  readonly mappedDefects: PixelSet | null;
  /** Pixels in the defect map and dead pixels of the gain. */
  readonly bad: PixelSet;
  readonly findings: readonly AlignFinding[];
}

/** @throws CodedError GAIN_*, DEFECTS_UNREADABLE */
export function loadCorrection(
  setting: GainSetting | null,
  defectMapPath: string | null,
  movie: GainTarget,
  within: Boundaries = {},
): Correction {
  const bad = new PixelSet(movie.width, movie.height);
  const loaded = setting ? loadGain(setting, movie, within.gain) : null;
  if (loaded) addGainDefects(bad, loaded.image);
  const findings = [...(loaded?.findings ?? [])];
  const mappedDefects = defectMapPath === null ? null : new PixelSet(movie.width, movie.height);
  if (defectMapPath !== null && mappedDefects !== null) {
    findings.push(...addMappedDefects(mappedDefects, defectMapPath, within.defects));
    bad.addAll(mappedDefects);
  }
  return { gain: loaded?.image ?? null, mappedDefects, bad, findings };
}

/** Copies the gain to the memory of the kernels; values that are not finite become zero. */
export function writeGain(layout: Layout, memory: WebAssembly.Memory, gain: Image | null): void {
  const { movieWidth, movieHeight } = layout.geometry;
  if (!gain) {
    new Float32Array(memory.buffer, layout.gain, movieWidth).fill(1);
    return;
  }
  const target = new Float32Array(memory.buffer, layout.gain, movieWidth * movieHeight);
  target.set(gain.data);
  // x - x is not zero if x is NaN or infinite
  for (let i = 0; i < target.length; i++) if (target[i]! - target[i]! !== 0) target[i] = 0;
}

/**
 * Writes the table with which the kernels replace bad pixels by their neighbours.
 * @throws Error if there are more than the layout has room for
 */
export function writeReplacements(layout: Layout, memory: WebAssembly.Memory, bad: PixelSet): void {
  const replacements = replacementsOf(bad);
  const count = replacements.length / REPLACEMENT_LENGTH;
  if (count > layout.badCapacity) throw new Error('more bad pixels than the layout has room for');
  const table = new Int32Array(memory.buffer, layout.bad, 1 + replacements.length);
  table[0] = count;
  table.set(replacements, 1);
}

export interface FoundPixels {
  readonly hotPixels: readonly (readonly [number, number])[];
  readonly meanPerFrame: number;
  readonly isBlank: boolean;
  readonly findings: readonly AlignFinding[];
}

/**
 * Finds hot pixels in the plain sum of pass 1, subtracts their mean excess from the crops (they were not
 * known in pass 1) and adds them to the pixels that pass 2 replaces.
 * @param frames - number of frames in the plain sum
 * @param samples - values sampled from each frame
 */
export async function treatHotPixels(
  pool: ThreadPool,
  layout: Layout,
  memory: WebAssembly.Memory,
  bad: PixelSet,
  framesPerCrop: readonly number[],
  frames: number,
  samples: readonly FrameSample[],
): Promise<FoundPixels> {
  const { movieWidth, movieHeight } = layout.geometry;
  const sum = new Float32Array(memory.buffer, layout.plain, movieWidth * movieHeight);
  const isPerPixel = layout.gainPitch > 0;
  const gain = new Float32Array(memory.buffer, layout.gain, isPerPixel ? sum.length : movieWidth);
  const found = findHotPixels(sum, isPerPixel ? gain : null, bad, {
    values: pixelValues(samples),
    dispersion: dispersion(samples),
  });
  if (found.indices.length > 0) {
    const values = found.excess.map((v) => v / frames);
    await pool.run([{ kind: 'subtractPattern', pixels: found.indices, values, framesPerCrop }]);
    for (const index of found.indices) bad.add(index);
    writeReplacements(layout, memory, bad);
  }
  return {
    hotPixels: Array.from(found.indices, (i) => [i % movieWidth, Math.floor(i / movieWidth)] as const),
    meanPerFrame: found.mean / frames,
    isBlank: found.mean === 0 && found.sigma === 0,
    findings: found.hasTooManyCandidates ? [{ kind: 'too-many-hot-pixels' }] : [],
  };
}
