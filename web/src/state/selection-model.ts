import { type Criteria, NO_CRITERIA } from '../data/criteria.ts';
import type { GridRegion, SpansOf } from '../data/grid-regions.ts';
import { type Selection, select } from '../data/selection.ts';
import type { Series } from '../data/series.ts';
import { Observable } from './observable.ts';

const NOBODY: ReadonlySet<string> = new Set();

/** Looks up which movies lie in which square and hole. */
export interface RegionIndex {
  /** These are needed from now on, and no others. */
  want(regions: readonly GridRegion[]): void;
  readonly spansOf: SpansOf;
}

/** The one selection of a session, shared by plots, table, gallery and export. */
export class SelectionModel {
  readonly criteria = new Observable<Criteria>(NO_CRITERIA);
  /** Movies picked one by one: selected where the criteria do not mean them, and the other way round. */
  readonly picked = new Observable<ReadonlySet<string>>(NOBODY);
  readonly current = new Observable<Selection | null>(null);
  readonly #series: () => Series;
  readonly #regions: RegionIndex | null;

  constructor(series: () => Series, regions: RegionIndex | null = null) {
    this.#series = series;
    this.#regions = regions;
  }

  /** Other criteria are another question: what was picked before does not count. */
  set(criteria: Criteria): void {
    this.picked.set(NOBODY);
    this.criteria.set(criteria);
    this.#regions?.want(criteria.regions);
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

  /** After the movies changed. */
  refresh(): void {
    const spansOf: SpansOf = (region) => this.#regions?.spansOf(region) ?? null;
    this.current.set(select(this.#series(), this.criteria.get(), this.picked.get(), spansOf));
  }
}
