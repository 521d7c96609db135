import type { Range } from './axis.ts';
import { type Finger, type Grip, gripOf, pinched } from './pinch.ts';
import type { PlotBox } from './points-view.ts';

/** Two fingers on the plot, and what was visible when the second came. */
interface Pinch {
  readonly grip: Grip;
  readonly x: Range;
  readonly y: Range;
}

/** Fingers on a plot. */
export class PinchTracker {
  readonly #fingers = new Map<number, Finger>();
  #pinch: Pinch | null = null;

  get isPinching(): boolean {
    return this.#pinch !== null;
  }

  has(pointerId: number): boolean {
    return this.#fingers.has(pointerId);
  }

  /** A finger touches. @returns whether a pinch begins */
  add(pointerId: number, finger: Finger, visible: { readonly x: Range; readonly y: Range }): boolean {
    this.#fingers.set(pointerId, finger);
    const grip = this.#grip();
    if (grip === null) return false;
    this.#pinch ??= { grip, x: visible.x, y: visible.y };
    return true;
  }

  /** A finger moves. @returns ranges to show; null while there is no pinch */
  move(pointerId: number, finger: Finger, { width, height }: PlotBox): { x: Range; y: Range } | null {
    this.#fingers.set(pointerId, finger);
    const [start, now] = [this.#pinch, this.#grip()];
    if (start === null || now === null) return null;
    const factor = start.grip.apart / now.apart;
    return {
      x: pinched(start.x, start.grip.x, now.x, factor, width),
      y: pinched(start.y, height - start.grip.y, height - now.y, factor, height),
    };
  }

  /** A finger leaves. @returns whether it was one of a pinch */
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
