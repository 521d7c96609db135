import type { PlotArea, PointsScene } from './points-view.ts';

/** Points farther than this from the pointer are ignored. */
const MAX_DISTANCE_PX = 30;

/**
 * Index of the movie nearest to the pointer: by movie number if the points are sorted by it, otherwise by
 * distance in the plane. Null if there is none.
 */
export function nearestMovie(scene: PointsScene, area: PlotArea, px: number, py: number): number | null {
  const { xs, size } = scene;
  const scaleX = area.width / (scene.x[1] - scene.x[0]);
  const scaleY = area.height / (scene.y[1] - scene.y[0]);
  const ys = scene.isSorted ? null : (scene.pointSets[0]?.ys ?? null);
  let nearest = -1;
  let minDistance = scene.isSorted ? Number.POSITIVE_INFINITY : MAX_DISTANCE_PX * MAX_DISTANCE_PX;
  for (let i = 0; i < size; i++) {
    const dx = ((xs[i] ?? Number.NaN) - scene.x[0]) * scaleX - px;
    const dy = ys === null ? 0 : area.height - ((ys[i] ?? Number.NaN) - scene.y[0]) * scaleY - py;
    const distance = dx * dx + dy * dy;
    if (distance < minDistance) {
      minDistance = distance;
      nearest = i;
    }
  }
  return nearest < 0 ? null : nearest;
}
