import type { GainJudgement } from '../../../src/contract/api.ts';

/**
 * Aspect ratio of the gain image: it has a third tile if another orientation than the set one fits best.
 */
export const gainPictureRatio = (verdict: GainJudgement['verdict'] | undefined): string =>
  `${(verdict === 'contradicts' ? 3 : 2) * 256} / 318`;
