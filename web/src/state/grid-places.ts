import { QueryObserver } from '@tanstack/react-query';
import type { SessionKey } from '../../../src/contract/api.ts';
import { gridHolesQuery, gridQuery, queryClient } from '../api/queries.ts';
import type { Place, Spans } from '../data/places.ts';
import type { PlacesBook } from './selection-model.ts';

/** Which movies lie in a square or a hole, for the selection: loaded and kept fresh only while a place selects. */
export class GridPlaces implements PlacesBook {
  readonly #key: SessionKey;
  readonly #changed: () => void;
  /** What is observed -> how that ends. The empty name: all squares. */
  readonly #observed = new Map<string, () => void>();

  constructor(key: SessionKey, changed: () => void) {
    this.#key = key;
    this.#changed = changed;
  }

  want(places: readonly Place[]): void {
    const wanted = new Set(places.map(({ square, hole }) => (hole === null ? '' : square)));
    for (const [name, end] of this.#observed)
      if (!wanted.has(name)) {
        end();
        this.#observed.delete(name);
      }
    for (const name of wanted) if (!this.#observed.has(name)) this.#observed.set(name, this.#observe(name));
  }

  spansOf = ({ square, hole }: Place): Spans | null => {
    if (hole === null) {
      const grid = queryClient.getQueryData(gridQuery(this.#key).queryKey);
      if (grid === undefined) return null;
      const index = grid.squares.findIndex(({ name }) => name === square);
      return grid.runs.flatMap(([first, last, of]) => (of === index ? [[first, last] as const] : []));
    }
    const holes = queryClient.getQueryData(gridHolesQuery(this.#key, square).queryKey)?.holes;
    if (holes === undefined) return null;
    const exposures = holes.find(({ name }) => name === hole)?.exposures ?? [];
    return exposures.map(({ seq }) => [seq, seq] as const);
  };

  close(): void {
    this.want([]);
  }

  #observe(name: string): () => void {
    // Told apart, since the two answers are of different types.
    if (name === '') return new QueryObserver(queryClient, gridQuery(this.#key)).subscribe(this.#changed);
    return new QueryObserver(queryClient, gridHolesQuery(this.#key, name)).subscribe(this.#changed);
  }
}
