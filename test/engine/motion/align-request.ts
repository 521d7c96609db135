import type { ErrorCode } from '../../../src/contract/errors.ts';
import type { AlignRequest } from '../../../src/engine/ports.ts';

/** A request to align a movie without gain reference, patches and dose weighting. */
export const alignRequest = (moviePath: string, changes: Partial<AlignRequest> = {}): AlignRequest => ({
  moviePath,
  pixelSizeA: 1,
  voltageKv: 300,
  dosePerFrameEA2: null,
  totalDoseEA2: null,
  binning: 1,
  throwFrames: 0,
  truncFrames: 0,
  gain: null,
  defectMapPath: null,
  threads: 1,
  ...changes,
});

export const codeOf = (promise: Promise<unknown>): Promise<ErrorCode | 'no error'> =>
  promise.then(
    () => 'no error' as const,
    (error) => error.code,
  );
