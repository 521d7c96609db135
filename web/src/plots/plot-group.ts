import { Observable } from '../state/observable.ts';
import type { Range } from './axis.ts';

/** What a drag over a plot does. */
export const DRAG_MODES = ['select', 'zoom', 'pan'] as const;
export type DragMode = (typeof DRAG_MODES)[number];

/** State that neighbouring plots share: observables, because it changes in every frame of a drag. */
export class PlotGroup {
  /** Visible range; null: all. */
  readonly zoomX = new Observable<Range | null>(null);
  readonly zoomY = new Observable<Range | null>(null);
  /** Index of the movie under the pointer. */
  readonly hover = new Observable<number | null>(null);

  showAll(): void {
    this.zoomX.set(null);
    this.zoomY.set(null);
  }
}
