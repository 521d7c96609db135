import type { Plane } from './geometry.ts';

/**
 * Tables of a phase ramp that undoes a motion of the content, for `kernels/spectra.as.ts`.
 * @param x - blocks of four columns, [cos x4][sin x4], of the plane that is written
 * @param y - (cos, sin) per row; rows above the middle are negative frequencies
 * @param shiftX - cycles per step of frequency: motion in pixels / number of pixels along x; shiftY in the
 * same way
 */
export function fillRamp(
  x: Float32Array,
  y: Float32Array,
  plane: Plane,
  shiftX: number,
  shiftY: number,
): void {
  for (let k = 0; k < plane.blocks * 4; k++) {
    const at = ((k >> 2) << 3) + (k & 3);
    x[at] = Math.cos(2 * Math.PI * k * shiftX);
    x[at + 4] = Math.sin(2 * Math.PI * k * shiftX);
  }
  for (let row = 0; row < plane.height; row++) {
    const k = row <= plane.height >> 1 ? row : row - plane.height;
    y[2 * row] = Math.cos(2 * Math.PI * k * shiftY);
    y[2 * row + 1] = Math.sin(2 * Math.PI * k * shiftY);
  }
}
