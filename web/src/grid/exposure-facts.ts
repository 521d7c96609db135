import type { GridExposure, GridHoles } from '../../../src/contract/grid.ts';
import { metricText, numberText } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { isDoubtful, type MetricKey } from '../data/metrics.ts';
import type { Series } from '../data/series.ts';
import { NONE } from '../data/words.ts';
import { valueWithUnit } from './grid-metrics.ts';
import type { MovieMark } from './movie-mark.ts';
import { gridWords } from './words.ts';

interface Fact {
  readonly label: string;
  readonly value: string;
  /** Whether it comes from a fit that cannot be trusted. */
  readonly isFaint?: boolean;
}

const METRICS_SHOWN: readonly MetricKey[] = ['fitResolution', 'astigmatism', 'motionTotal', 'iceRing'];

/** Hole, defocus and metrics of a movie. Without a movie, the rows are the same but empty. */
export function exposureFacts(movie: {
  readonly hole: GridHoles['holes'][number] | undefined;
  readonly exposure: GridExposure | undefined;
  readonly mark: MovieMark | undefined;
  readonly series: Series;
}): Fact[] {
  const { hole, exposure, mark, series } = movie;
  const index = mark?.index ?? null;
  return [
    { label: gridWords.hole, value: hole ? (hole.name ?? gridWords.noHole) : NONE },
    {
      label: gridWords.exposure,
      value:
        hole && exposure
          ? gridWords.exposureOf(hole.exposures.indexOf(exposure) + 1, hole.exposures.length)
          : NONE,
    },
    { label: metricWords.defocus.label, value: metricText('defocus', mark?.defocusUm ?? null) },
    { label: gridWords.target, value: numberText(exposure?.targetDefocusUm ?? null, 2, 'µm') },
    { label: gridWords.difference, value: valueWithUnit('defocusOffset', mark?.offsetUm ?? null) },
    ...METRICS_SHOWN.map((metric) => metricFact(metric, series, index)),
  ];
}

function metricFact(metric: MetricKey, series: Series, index: number | null): Fact {
  const { label } = metricWords[metric];
  if (index === null) return { label, value: NONE };
  return {
    label,
    value: metricText(metric, series.value(metric, index)),
    isFaint: isDoubtful(metric, series.value('confidence', index)),
  };
}
