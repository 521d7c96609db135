import type { GainCheck } from '../../contract/gain-check.ts';
import type { GainSetting } from '../../contract/recipe.ts';
import { checkGain, type GainEvidence } from '../gain-orientation/check.ts';
import { type GainPattern, gainPattern } from '../gain-orientation/pattern.ts';
import { senseOf } from './gain.ts';
import type { GainTarget } from './gain-size.ts';
import type { Layout } from './layout.ts';

/**
 * Checks whether the plain sum of pass 1, which pass 2 overwrites, contains the pattern of the gain; null
 * without a gain.
 * @param isBad - whether the pixel at an index of the movie's frame is replaced by neighbours
 */
export function checkMovieGain(
  setting: GainSetting | null,
  movie: Pick<GainTarget, 'format' | 'width' | 'height'>,
  layout: Layout,
  memory: WebAssembly.Memory,
  isBad: (index: number) => boolean,
): { gainCheck: GainCheck; gainPattern: GainPattern } | null {
  if (!setting) return null;
  const { width, height } = movie;
  const evidence: GainEvidence = {
    sum: new Float32Array(memory.buffer, layout.plain, width * height),
    // the values that the kernels use: they differ from the file only at bad pixels, which are not used
    gain: new Float32Array(memory.buffer, layout.gain, width * height),
    width,
    height,
    isBad,
    setting,
    sense: senseOf(setting, movie),
  };
  const gainCheck = checkGain(evidence);
  return { gainCheck, gainPattern: gainPattern(evidence, gainCheck) };
}
