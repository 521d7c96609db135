import { localShift } from '../../../src/engine/motion/local-model.ts';
import type { AlignOutcome } from '../../../src/engine/ports.ts';
import type { Scene } from '../../../src/simulator/scene.ts';

/** Positions along each axis, in fractions of the frame. */
const POSITIONS = Array.from({ length: 9 }, (_, i) => (i - 4) / 9);

/**
 * Root mean square distance of the result from the truth, pixels, over positions and frames. The mean over
 * the frames is subtracted from both motions, because the position of the first frame is arbitrary.
 */
export function fieldRmsd({ shiftsPixels, local }: AlignOutcome, scene: Scene): number {
  const model = local?.fit ? { x: local.fit.coefficientsX, y: local.fit.coefficientsY } : null;
  let squares = 0;
  for (const x of POSITIONS) {
    for (const y of POSITIONS) {
      const errors = shiftsPixels.map(([sx, sy], frame) => {
        const [lx, ly] = model ? localShift(model, frame, x, y) : [0, 0];
        const [tx, ty] = scene.shiftsPixels[frame]!;
        const [mx, my] = scene.local?.(frame, x, y) ?? [0, 0];
        return [sx + lx - tx - mx, sy + ly - ty - my] as const;
      });
      const mean = [0, 1].map((axis) => errors.reduce((sum, e) => sum + e[axis]!, 0) / errors.length);
      squares += errors.reduce((sum, [ex, ey]) => sum + (ex - mean[0]!) ** 2 + (ey - mean[1]!) ** 2, 0);
    }
  }
  return Math.sqrt(squares / shiftsPixels.length / POSITIONS.length ** 2);
}
