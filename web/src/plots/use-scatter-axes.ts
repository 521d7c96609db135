import { useLocalStorage } from '@mantine/hooks';
import { useSearch } from '@tanstack/react-router';
import { METRIC_KEYS, type MetricKey } from '../data/metrics.ts';
import { useSearchChange } from '../ui/use-search-change.ts';

export interface ScatterAxes {
  readonly x: MetricKey;
  readonly y: MetricKey;
}

const parseMetric = (word: string | undefined) => METRIC_KEYS.find((key) => key === word);

/**
 * Axes of the scatter plot: those in the URL, otherwise the last choice. A new choice is stored and put into
 * the URL.
 */
export function useScatterAxes(): [ScatterAxes, (axes: ScatterAxes) => void] {
  const { plane } = useSearch({ strict: false });
  const change = useSearchChange();
  const [lastChoice, setLastChoice] = useLocalStorage<ScatterAxes>({
    key: 'cryoem-scatter',
    defaultValue: { x: 'defocus', y: 'fitResolution' },
  });
  const [y, x] = plane?.split('_').map(parseMetric) ?? [];
  const choose = (axes: ScatterAxes) => {
    setLastChoice(axes);
    change({ plane: `${axes.y}_${axes.x}` });
  };
  return [x && y ? { x, y } : lastChoice, choose];
}
