import type { GridHoles } from '../../../src/contract/grid.ts';
import type { Criteria } from '../data/criteria.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import type { GridRegion } from '../data/grid-regions.ts';
import type { ColorScale } from './color-scale.ts';
import type { MovieMark } from './movie-mark.ts';

/** The open square, as shown by its map, its panel and its table. */
export interface OpenSquare {
  readonly square: string;
  readonly holes: GridHoles;
  /** Mark of every exposure in `holes`, by movie. */
  readonly marks: ReadonlyMap<string, MovieMark>;
  readonly metric: GridMetric;
  readonly scale: ColorScale;
  readonly criteria: Criteria;
  /** Whether the target defocus of some of its movies is known. */
  readonly hasTargets: boolean;
  /** Adds a square or a hole to the selection, or removes it. */
  readonly onSelect: (region: GridRegion) => void;
}
