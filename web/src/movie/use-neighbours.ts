import type { Selection } from '../data/selection.ts';
import type { Series } from '../data/series.ts';
import { Observable, useObservable } from '../state/observable.ts';
import { useFeed } from '../state/session-context.ts';
import { movieWords } from './words.ts';

const noSelection = new Observable<Selection | null>(null);

interface Neighbours {
  /** Names of movies; undefined at the ends of the session. */
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** "3 of 120"; null if the movie is not in the series. */
  readonly position: string | null;
}

/** The movies before and after a movie: within the selection if it is selected, else within the session. */
export function useNeighbours(series: Series | undefined, index: number | undefined): Neighbours {
  const selection = useObservable(useFeed()?.selection.current ?? noSelection);
  if (series === undefined || index === undefined)
    return { previous: undefined, next: undefined, position: null };
  const isSelected = selection !== null && selection.mask[index] === 1;
  const mask = isSelected ? selection.mask : null;
  const neighbour = (step: 1 | -1) => {
    let i = index + step;
    while (mask !== null && i >= 0 && i < series.size && mask[i] !== 1) i += step;
    return series.bases[i];
  };
  return {
    previous: neighbour(-1),
    next: neighbour(1),
    position: isSelected
      ? movieWords.ofSelected(countUpTo(selection.mask, index), selection.count)
      : movieWords.position(index + 1, series.size),
  };
}

const countUpTo = (mask: Uint8Array, index: number): number =>
  mask.subarray(0, index + 1).reduce((sum, isSelected) => sum + isSelected, 0);
