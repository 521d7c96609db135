import { type GridRegion, toggleRegion } from '../data/grid-regions.ts';
import type { SelectionModel } from '../state/selection-model.ts';

/** Adds a square or a hole to the selection of the session, or removes it. */
export function selectRegion(model: SelectionModel, region: GridRegion): void {
  const criteria = model.criteria.get();
  model.set({ ...criteria, regions: toggleRegion(criteria.regions, region) });
}
