import { type Criteria, NO_CRITERIA } from '../data/criteria.ts';
import type { GridRegion, SpansOf } from '../data/grid-regions.ts';
import { type Selection, select } from '../data/selection.ts';
import type { Series } from '../data/series.ts';
import { Observable } from './observable.ts';

const NO_MOVIES: ReadonlySet<string> = new Set();

/** Finds the movies of a grid square or hole. */
export interface RegionIndex {
  /** Sets the regions whose movies are needed. */
  setRegions(regions: readonly GridRegion[]): void;
  readonly spansOf: SpansOf;
}

/** The selection of a session, shared by plots, table, gallery and export. */
export class SelectionModel {
  readonly criteria = new Observable<Criteria>(NO_CRITERIA);
  /** Movies picked one by one: selected if the criteria do not select them, and vice versa. */
  readonly picked = new Observable<ReadonlySet<string>>(NO_MOVIES);
  readonly current = new Observable<Selection | null>(null);
  readonly #series: () => Series;
  readonly #regions: RegionIndex | null;

  constructor(series: () => Series, regions: RegionIndex | null = null) {
    this.#series = series;
    this.#regions = regions;
  }

  /** Sets the criteria; movies that were picked one by one are no longer picked. */
  set(criteria: Criteria): void {
    this.picked.set(NO_MOVIES);
    this.criteria.set(criteria);
    this.#regions?.setRegions(criteria.regions);
    this.refresh();
  }

  toggle(base: string): void {
    const picked = new Set(this.picked.get());
    if (!picked.delete(base)) picked.add(base);
    this.picked.set(picked);
    this.refresh();
  }

  clear(): void {
    this.set(NO_CRITERIA);
  }

  /** To be called after the movies changed. */
  refresh(): void {
    const spansOf: SpansOf = (region) => this.#regions?.spansOf(region) ?? null;
    this.current.set(select(this.#series(), this.criteria.get(), this.picked.get(), spansOf));
  }
}
