import type { PlotBox, PointsScene } from './points-view.ts';

/** Nobody means a point that is further from the pointer. */
const REACH_PX = 30;

/** The movie nearest to the pointer: by its number where points stand in order, else within reach in the plane. */
export function nearest(scene: PointsScene, place: PlotBox, px: number, py: number): number | null {
  const { xs, size } = scene;
  const scaleX = place.width / (scene.x[1] - scene.x[0]);
  const scaleY = place.height / (scene.y[1] - scene.y[0]);
  const ys = scene.isSorted ? null : scene.series[0]!.ys;
  let best = -1;
  let least = scene.isSorted ? Number.POSITIVE_INFINITY : REACH_PX * REACH_PX;
  for (let i = 0; i < size; i++) {
    const dx = (xs[i]! - scene.x[0]) * scaleX - px;
    const dy = ys === null ? 0 : place.height - (ys[i]! - scene.y[0]) * scaleY - py;
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best < 0 ? null : best;
}
