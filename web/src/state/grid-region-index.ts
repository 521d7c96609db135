import { type QueryClient, QueryObserver } from '@tanstack/react-query';
import type { SessionKey } from '../../../src/contract/api.ts';
import { gridHolesQuery, gridQuery } from '../api/queries.ts';
import type { GridRegion, Spans } from '../data/grid-regions.ts';
import type { RegionIndex } from './selection-model.ts';

/**
 * Name under which the query of all squares is observed; the query of a square has the name of the square.
 */
const ALL_SQUARES = '';

/**
 * Which movies are in a grid square or a hole, for the selection: loaded and kept up to date only while a
 * region is selected.
 */
export class GridRegionIndex implements RegionIndex {
  readonly #key: SessionKey;
  readonly #queryClient: QueryClient;
  readonly #onChange: () => void;
  /** Name of each observed query -> function that ends the observation. */
  readonly #unsubscribers = new Map<string, () => void>();

  constructor(key: SessionKey, queryClient: QueryClient, onChange: () => void) {
    this.#key = key;
    this.#queryClient = queryClient;
    this.#onChange = onChange;
  }

  setRegions(regions: readonly GridRegion[]): void {
    const names = new Set(regions.map(({ square, hole }) => (hole === null ? ALL_SQUARES : square)));
    for (const [name, end] of this.#unsubscribers)
      if (!names.has(name)) {
        end();
        this.#unsubscribers.delete(name);
      }
    for (const name of names)
      if (!this.#unsubscribers.has(name)) this.#unsubscribers.set(name, this.#observe(name));
  }

  spansOf = ({ square, hole }: GridRegion): Spans | null => {
    if (hole === null) {
      const grid = this.#queryClient.getQueryData(gridQuery(this.#key).queryKey);
      if (grid === undefined) return null;
      const index = grid.squares.findIndex(({ name }) => name === square);
      return grid.runs.flatMap(([first, last, squareIndex]) =>
        squareIndex === index ? [[first, last] as const] : [],
      );
    }
    const holes = this.#queryClient.getQueryData(gridHolesQuery(this.#key, square).queryKey)?.holes;
    if (holes === undefined) return null;
    const exposures = holes.find(({ name }) => name === hole)?.exposures ?? [];
    return exposures.map(({ seq }) => [seq, seq] as const);
  };

  close(): void {
    this.setRegions([]);
  }

  #observe(name: string): () => void {
    // Two branches, because the two responses have different types.
    if (name === ALL_SQUARES)
      return new QueryObserver(this.#queryClient, gridQuery(this.#key)).subscribe(this.#onChange);
    return new QueryObserver(this.#queryClient, gridHolesQuery(this.#key, name)).subscribe(this.#onChange);
  }
}
