import type { Range } from './axis.ts';
import { type Finger, type Grip, gripOf, pinchRange } from './pinch.ts';
import type { PlotArea } from './points-view.ts';

/** Two fingers on the plot, and the visible ranges when the second finger touched it. */
interface Pinch {
  readonly grip: Grip;
  readonly x: Range;
  readonly y: Range;
}

/** Tracks the fingers on a plot. */
export class PinchTracker {
  readonly #fingers = new Map<number, Finger>();
  #pinch: Pinch | null = null;

  get isPinching(): boolean {
    return this.#pinch !== null;
  }

  has(pointerId: number): boolean {
    return this.#fingers.has(pointerId);
  }

  /** To be called when a finger touches the plot. @returns whether a pinch begins */
  add(pointerId: number, finger: Finger, visible: { readonly x: Range; readonly y: Range }): boolean {
    this.#fingers.set(pointerId, finger);
    const grip = this.#grip();
    if (grip === null) return false;
    this.#pinch ??= { grip, x: visible.x, y: visible.y };
    return true;
  }

  /** To be called when a finger moves. @returns ranges to show; null while there is no pinch */
  move(pointerId: number, finger: Finger, { width, height }: PlotArea): { x: Range; y: Range } | null {
    this.#fingers.set(pointerId, finger);
    const [start, now] = [this.#pinch, this.#grip()];
    if (start === null || now === null) return null;
    const factor = start.grip.distance / now.distance;
    return {
      x: pinchRange(start.x, start.grip.x, now.x, factor, width),
      y: pinchRange(start.y, height - start.grip.y, height - now.y, factor, height),
    };
  }

  /** To be called when a finger is lifted. @returns whether it was part of a pinch */
  remove(pointerId: number): boolean {
    const wasFinger = this.#fingers.delete(pointerId);
    const wasPinch = this.isPinching;
    if (this.#fingers.size === 0) this.#pinch = null;
    return wasFinger && wasPinch;
  }

  #grip(): Grip | null {
    const [a, b] = [...this.#fingers.values()];
    return a === undefined || b === undefined ? null : gripOf(a, b);
  }
}
