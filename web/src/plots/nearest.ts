import type { PlotBox, PointsScene } from './points-view.ts';

/** A point further than this from the pointer is not meant. */
const MAX_DISTANCE_PX = 30;

/**
 * The movie nearest to the pointer: by its number if points are in order, otherwise by distance in the
 * plane.
 */
export function nearest(scene: PointsScene, area: PlotBox, px: number, py: number): number | null {
  const { xs, size } = scene;
  const scaleX = area.width / (scene.x[1] - scene.x[0]);
  const scaleY = area.height / (scene.y[1] - scene.y[0]);
  const ys = scene.isSorted ? null : (scene.series[0]?.ys ?? null);
  let best = -1;
  let least = scene.isSorted ? Number.POSITIVE_INFINITY : MAX_DISTANCE_PX * MAX_DISTANCE_PX;
  for (let i = 0; i < size; i++) {
    const dx = ((xs[i] ?? Number.NaN) - scene.x[0]) * scaleX - px;
    const dy = ys === null ? 0 : area.height - ((ys[i] ?? Number.NaN) - scene.y[0]) * scaleY - py;
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best < 0 ? null : best;
}
