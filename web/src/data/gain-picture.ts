import type { SessionGainCheck } from '../../../src/contract/api.ts';

/**
 * Aspect ratio of the gain image: it has a third panel if the best match is not the orientation in use.
 */
export const gainPictureRatio = (verdict: SessionGainCheck['verdict'] | undefined): string =>
  `${(verdict === 'contradicts' ? 3 : 2) * 256} / 318`;
