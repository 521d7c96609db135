import type { GainJudgement } from '../../../src/contract/api.ts';

/** Shape of the picture before and after: a tile more where another orientation than the set one is the best. */
export const gainPictureRatio = (verdict: GainJudgement['verdict'] | undefined): string =>
  `${(verdict === 'contradicts' ? 3 : 2) * 256} / 318`;
