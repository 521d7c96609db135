import { type HTMLAttributes, startTransition, useEffect, useMemo, useRef, useState } from 'react';
import type { Criteria } from '../data/criteria.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { hasRegion } from '../data/grid-regions.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { ColorScale } from './color-scale.ts';
import { valueWithUnit } from './grid-metrics.ts';
import classes from './grid-overview.module.css';
import { selectRegion } from './select-region.ts';
import { SquareCard } from './square-card.tsx';
import type { SquareStatistics } from './square-statistics.ts';
import { HISTOGRAM_BINS, type SquareHistograms } from './use-squares.ts';
import { gridWords } from './words.ts';

/** Cards that are rendered first: about as many as fit on a screen. */
const INITIAL_CARDS = 24;

/** A card for each square. */
export function SquareCards(props: {
  squares: readonly SquareStatistics[];
  listeners: HTMLAttributes<HTMLUListElement>;
  metric: GridMetric;
  scale: ColorScale;
  histograms: SquareHistograms | null;
  criteria: Criteria;
  model: SelectionModel;
  /** Square under the pointer, here or on the map. */
  hovered: string | null;
  onHover: (name: string | null) => void;
  onOpen: (name: string) => void;
}) {
  const { squares, metric, scale, histograms, criteria, model, hovered } = props;
  // The handlers stay the same functions: a card is rendered again only if its own properties change.
  const latestOnOpen = useRef(props.onOpen);
  latestOnOpen.current = props.onOpen;
  const handlers = useMemo(
    () => ({
      onOpen: (square: string) => latestOnOpen.current(square),
      onSelect: (square: string) => selectRegion(model, { square, hole: null }),
    }),
    [model],
  );
  // The visible cards are rendered first, the others with low priority.
  const [cardCount, setCardCount] = useState(INITIAL_CARDS);
  useEffect(() => startTransition(() => setCardCount(Number.POSITIVE_INFINITY)), []);
  return (
    <ul className={classes.cards} aria-label={gridWords.squares} {...props.listeners}>
      {squares.slice(0, cardCount).map((statistics) => {
        const { name } = statistics.square;
        return (
          <SquareCard
            key={name}
            statistics={statistics}
            metric={metric}
            scale={scale}
            bins={histograms && binsOf(statistics, histograms)}
            range={histograms?.range ?? null}
            rangeWords={histograms?.range.map((end) => valueWithUnit(metric, end)) ?? []}
            isSelected={hasRegion(criteria.regions, { square: name, hole: null })}
            isHovered={hovered === name}
            onHover={props.onHover}
            {...handlers}
          />
        );
      })}
    </ul>
  );
}

/** Counts of the histogram of a square, separated by commas. */
function binsOf({ order }: SquareStatistics, { counts }: SquareHistograms): string {
  const first = order * HISTOGRAM_BINS;
  return counts.subarray(first, first + HISTOGRAM_BINS).join();
}
