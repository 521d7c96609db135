import type { SessionGainCheck } from '../../../src/contract/api.ts';
import { gainWords } from './words.ts';

/** One orientation of the gain reference in the chart. */
export interface GainBar {
  readonly key: string;
  readonly label: string;
  /** `rotgain` and `flipgain`; null for "none". */
  readonly setting: Orientation | null;
  readonly score: number;
  readonly isInUse: boolean;
  readonly isBest: boolean;
}
type Orientation = NonNullable<SessionGainCheck['best']>;

/**
 * Text of a setting, the same for settings that result in the same orientation: a rotation by 180 degrees or
 * more with a flip equals a smaller rotation with the other flip.
 */
export function canonicalSetting({ rotate, flip }: Orientation): string {
  const otherFlip = flip === 1 ? 2 : 1;
  return rotate >= 2 && flip !== 0 ? `${rotate - 2} ${otherFlip}` : `${rotate} ${flip}`;
}

/** Whether the best match is the inverted gain reference; the score of the reference is then negative. */
export const isInverted = ({ best }: Pick<SessionGainCheck, 'best'>): boolean => best?.sense !== undefined;

/** All orientations in the order of the service, then "none". */
export function gainBars({ scores, none, gain, best }: SessionGainCheck): GainBar[] {
  const keyInUse = gain && canonicalSetting(gain);
  const bars = scores.map(({ rotate, flip, score }) => {
    const key = canonicalSetting({ rotate, flip });
    const isBest = best !== null && canonicalSetting(best) === key;
    return {
      key,
      label: gainWords.orientation(rotate, flip),
      setting: { rotate, flip },
      score,
      isInUse: keyInUse === key,
      isBest,
    };
  });
  if (none === null) return bars;
  return [
    ...bars,
    { key: 'none', label: gainWords.none, setting: null, score: none, isInUse: false, isBest: false },
  ];
}
