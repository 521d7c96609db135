import { createRandom } from '../base/random.ts';
import { createDrift } from './drift.ts';
import { createExposure } from './exposure.ts';
import { fftLength } from './line-fft.ts';
import { createLocalMotion, type LocalMotion } from './local-motion.ts';
import type { MovieSettings } from './settings.ts';
import { type Displacement, warpMargin } from './warp.ts';

/** The content of one movie before counting: specimen, lens and motion. */
export interface Scene {
  readonly lens: {
    readonly defocusUA: number;
    readonly defocusVA: number;
    readonly defocusAngleDeg: number;
  };
  readonly shiftsPixels: readonly (readonly [number, number])[];
  /** Null: the frame moves as a whole. */
  readonly local: LocalMotion | null;
  readonly particles: number;
  /**
   * Relative intensity minus one at the detector in a frame.
   * @param doseEA2 - accumulated dose, e/A^2
   * @param out - height*width, row-major
   */
  render(frame: number, doseEA2: number, out: Float32Array): void;
}

/**
 * Pixels around the frame beyond the range of the motion, so that the periodic field does not repeat within a
 * movie.
 */
const MARGIN_PIXELS = 16;
const NO_SHIFT = [0, 0] as const;

/** The same settings and seed give the same scene. */
export function createScene(settings: MovieSettings, seed: number): Scene {
  const { width, height, frames } = settings;
  const lens = drawLens(settings, seed);
  const shiftsPixels = createDrift({
    frames,
    driftPixels: createRandom(seed, 8).between(...settings.driftRangePixels),
    jitterPixels: settings.jitterPixels,
    seed,
  });
  const localPixels = createRandom(seed, 15).between(...settings.localRangePixels);
  const local = createLocalMotion({ frames, maxPixels: localPixels, seed });
  const localMargin = local ? warpMargin(localPixels) : 0;
  const maxShift = Math.max(...shiftsPixels.flat().map(Math.abs));
  const margin = Math.ceil(2 * maxShift) + MARGIN_PIXELS + 2 * localMargin;
  const [nx, ny] = [fftLength(width + margin), fftLength(height + margin)];
  const exposure = createExposure(
    { ...settings, nx, ny, optics: { ...settings, ...lens }, seed },
    {
      x: (nx - localMargin) % nx,
      y: (ny - localMargin) % ny,
      width: width + 2 * localMargin,
      height: height + 2 * localMargin,
    },
  );
  return {
    lens,
    shiftsPixels,
    local,
    particles: exposure.particles,
    render(frame, doseEA2, out) {
      const shift = shiftsPixels[frame] ?? NO_SHIFT;
      const displacement = local && displacementInFrame(local, frame, shift, settings);
      const localWarp = displacement && { margin: localMargin, displacement };
      exposure.renderContrast(shift, doseEA2, out, localWarp ?? undefined);
    },
  };
}

/** Random defocus and astigmatism of a movie, rounded to 0.1 Angstrom; angle rounded to 0.01 degree. */
function drawLens(settings: MovieSettings, seed: number) {
  const random = createRandom(seed, 9);
  const mean = 1e4 * random.between(...settings.defocusRangeUm);
  const astigmatism = random.between(...settings.astigmatismRangeA);
  return {
    defocusUA: Math.round(10 * (mean + astigmatism / 2)) / 10,
    defocusVA: Math.round(10 * (mean - astigmatism / 2)) / 10,
    defocusAngleDeg: Math.round(100 * random.between(-90, 90)) / 100,
  };
}

/**
 * Iterations to find where the content of a pixel came from. Each multiplies the error by the gradient of the
 * motion, about 0.01.
 */
const SEARCH_ITERATIONS = 4;

/** Local motion of the content that is at a given position in this frame. */
function displacementInFrame(
  local: LocalMotion,
  frame: number,
  shift: readonly [number, number],
  { width, height }: MovieSettings,
): Displacement {
  return (x, y) => {
    let [dx, dy] = [0, 0];
    for (let iteration = 0; iteration < SEARCH_ITERATIONS; iteration++) {
      [dx, dy] = local(frame, (x - shift[0] - dx) / width - 0.5, (y - shift[1] - dy) / height - 0.5);
    }
    return [dx, dy];
  };
}
