import { describe, expect, it } from 'vitest';
import { GOOD_CONFIDENCE, NO_RINGS_CONFIDENCE } from '../../../src/contract/record.ts';
import { isFaint, trustOf } from '../../../web/src/data/trust.ts';

describe('trust in a fit', () => {
  it.each([
    [1, 'good', false],
    [GOOD_CONFIDENCE, 'good', false],
    [GOOD_CONFIDENCE - 0.01, 'doubtful', true],
    [NO_RINGS_CONFIDENCE, 'doubtful', true],
    [NO_RINGS_CONFIDENCE - 0.01, 'noRings', true],
    [0, 'noRings', true],
  ])('at a confidence of %d is %s, faded: %s', (confidence, trust, faint) => {
    expect([trustOf(confidence), isFaint(confidence)]).toEqual([trust, faint]);
  });

  it('is null, and nothing is faded, if there is no fit', () => {
    expect([trustOf(null), isFaint(null)]).toEqual([null, false]);
  });
});
