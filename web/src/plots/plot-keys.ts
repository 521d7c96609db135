import { isWithin, type Range, zoomRange } from './axis.ts';
import type { PlotGroup } from './plot-group.ts';

const ZOOM = 1.5;

interface KeyTarget {
  readonly group: PlotGroup;
  /** Whether y is zoomed as well. */
  readonly canZoomY: boolean;
  /** Number of movies. */
  readonly size: number;
  /** Index of the chosen movie. */
  readonly chosen: number | null;
  ranges(): { x: Range; y: Range };
  /** Position of the chosen movie; NaN if none is chosen. */
  chosenPosition(): { x: number; y: number };
  onChoose(index: number): void;
  onOpen(index: number): void;
}

const zoomAround = (range: Range, value: number, factor: number): Range =>
  zoomRange(range, isWithin(value, range) ? value : (range[0] + range[1]) / 2, factor);

/**
 * Handles a key on a plot: chooses a neighbouring movie, opens the chosen one, or zooms around it.
 * @returns whether the key was handled
 */
export function handlePlotKey(key: string, target: KeyTarget): boolean {
  const { group, size, chosen } = target;
  const choose = (index: number) => {
    if (size > 0) target.onChoose(Math.min(size - 1, Math.max(0, index)));
  };
  const zoom = (factor: number) => {
    const { x, y } = target.ranges();
    const position = target.chosenPosition();
    group.zoomX.set(zoomAround(x, position.x, factor));
    if (target.canZoomY) group.zoomY.set(zoomAround(y, position.y, factor));
  };
  const startIndex = chosen ?? size - 1;
  const actions: Record<string, () => void> = {
    ArrowLeft: () => choose(startIndex - 1),
    ArrowRight: () => choose(startIndex + 1),
    Home: () => choose(0),
    End: () => choose(size - 1),
    '+': () => zoom(1 / ZOOM),
    '=': () => zoom(1 / ZOOM),
    '-': () => zoom(ZOOM),
    '0': () => group.showAll(),
  };
  if (chosen !== null) actions.Enter = () => target.onOpen(chosen);
  const action = actions[key];
  action?.();
  return action !== undefined;
}
