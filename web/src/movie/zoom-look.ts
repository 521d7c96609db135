import { useLocalStorage } from '@mantine/hooks';

/** How micrographs are shown; kept from movie to movie and from day to day. */
export interface ZoomLook {
  /** Black and white lie so many standard deviations from the mean. */
  readonly sigmas: number;
  /** -0.5 to 0.5, 0 as it is. */
  readonly brightness: number;
  readonly inverted: boolean;
  readonly lowPassA: number | null;
  readonly withArrows: boolean;
}

const AS_IT_IS: ZoomLook = { sigmas: 3, brightness: 0, inverted: false, lowPassA: null, withArrows: false };

export function useZoomLook() {
  const [kept, setKept] = useLocalStorage<ZoomLook>({ key: 'cryoem-zoom', defaultValue: AS_IT_IS });
  const look = { ...AS_IT_IS, ...kept };
  return {
    look,
    change: (part: Partial<ZoomLook>) => setKept({ ...look, ...part }),
    reset: () => setKept(AS_IT_IS),
  };
}
