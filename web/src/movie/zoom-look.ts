import { useLocalStorage } from '@mantine/hooks';

/** How micrographs are shown; the browser keeps it for all movies. */
export interface ZoomLook {
  /** Black and white are this many standard deviations from the mean. */
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
  const [kept, setKept] = useLocalStorage<ZoomLook>({ key: 'cryoem-zoom', defaultValue: DEFAULT_LOOK });
  const look = { ...DEFAULT_LOOK, ...kept };
  return {
    look,
    change: (part: Partial<ZoomLook>) => setKept({ ...look, ...part }),
    reset: () => setKept(DEFAULT_LOOK),
  };
}
