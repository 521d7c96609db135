import { useLocalStorage } from '@mantine/hooks';

/** Display settings of micrographs, stored in the browser for all movies. */
export interface ZoomLook {
  /** Distance of black and white from the mean, in standard deviations. */
  readonly sigmas: number;
  /** -0.5 to 0.5; 0 is unchanged. */
  readonly brightness: number;
  readonly inverted: boolean;
  readonly lowPassA: number | null;
  readonly withArrows: boolean;
}

const DEFAULT_LOOK: ZoomLook = {
  sigmas: 3,
  brightness: 0,
  inverted: false,
  lowPassA: null,
  withArrows: false,
};

export function useZoomLook() {
  const [stored, setStored] = useLocalStorage<ZoomLook>({ key: 'cryoem-zoom', defaultValue: DEFAULT_LOOK });
  const look = { ...DEFAULT_LOOK, ...stored };
  return {
    look,
    change: (part: Partial<ZoomLook>) => setStored({ ...look, ...part }),
    reset: () => setStored(DEFAULT_LOOK),
  };
}
