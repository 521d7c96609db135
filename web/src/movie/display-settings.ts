import { useLocalStorage } from '@mantine/hooks';

/** Display settings of micrographs, stored in the browser for all movies. */
export interface DisplaySettings {
  /** Distance of black and white from the mean, in standard deviations. */
  readonly sigmas: number;
  /** -0.5 to 0.5; 0 is unchanged. */
  readonly brightness: number;
  readonly inverted: boolean;
  readonly lowPassA: number | null;
  readonly withArrows: boolean;
}

const DEFAULT_SETTINGS: DisplaySettings = {
  sigmas: 3,
  brightness: 0,
  inverted: false,
  lowPassA: null,
  withArrows: false,
};

export function useDisplaySettings() {
  const [stored, setStored] = useLocalStorage<DisplaySettings>({
    key: 'cryoem-zoom',
    defaultValue: DEFAULT_SETTINGS,
  });
  const settings = { ...DEFAULT_SETTINGS, ...stored };
  return {
    settings,
    change: (changes: Partial<DisplaySettings>) => setStored({ ...settings, ...changes }),
    reset: () => setStored(DEFAULT_SETTINGS),
  };
}
