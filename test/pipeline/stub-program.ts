import { readFileSync } from 'node:fs';
import { BUILTIN_PROGRAM } from '../../src/contract/programs.ts';
import type { Ctf } from '../../src/contract/record.ts';
import type { AlignRequest, CtfRequest } from '../../src/engine/ports.ts';
import type { Alignment, ProgramAdapter } from '../../src/pipeline/adapter.ts';
import { type Programs, registerPrograms } from '../../src/pipeline/adapter.ts';
import type { Tools } from '../../src/pipeline/run.ts';

/** Drift of the content that the stub reports: pixels per frame, [x, y]. */
export const DRIFT: readonly [number, number] = [0.5, -0.25];

export interface StubProgram {
  readonly tools: Tools;
  /** Number of calls of each step so far. */
  readonly calls: { align: number; ctf: number; pictures: number };
  /** Called before a step; throw here to make it fail. */
  readonly beforeStep: {
    align(request: AlignRequest): void;
    ctf(request: CtfRequest): unknown;
    pictures(): void;
  };
}

/**
 * A program for tests of the pipeline. Its sum is the true sum of the movie's frames (MRC of mode 6, as
 * written by `writeMovie`); its motion and CTF are simple formulas, because the pipeline only passes them on.
 */
export function createStubProgram(options: StubOptions = {}): StubProgram {
  const calls = { align: 0, ctf: 0, pictures: 0 };
  const beforeStep: StubProgram['beforeStep'] = { align: () => {}, ctf: () => {}, pictures: () => {} };
  const program: Required<ProgramAdapter> = {
    name: BUILTIN_PROGRAM,
    version: 'stub',
    async align(request) {
      calls.align++;
      beforeStep.align(request);
      return { outcome: sumOf(request, options), command: `stub ${request.moviePath}` };
    },
    async estimateCtf(request) {
      calls.ctf++;
      await beforeStep.ctf(request);
      const diagnostic = { size: 64, data: new Float32Array(64 * 64).fill(0.5), edgeFrequencyPerA: 0.5 };
      return { outcome: { ctf: ctfOf(request), diagnostic, warnings: [] }, command: 'stub ctf' };
    },
  };
  const programs: Programs = registerPrograms(program);
  const picture = async () => {
    calls.pictures++;
    beforeStep.pictures();
    return Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
  };
  const pictures = {
    thumbnail: picture,
    ctf: picture,
    gain: async () => Buffer.from('gain'),
    combined: picture,
  };
  return { tools: { programs, pictures, serviceVersion: '0.0.0' }, calls, beforeStep };
}

/** `hasEvenOdd`: returns even and odd sums on request. `level`: a constant that is added to every pixel. */
interface StubOptions {
  readonly hasEvenOdd?: boolean;
  readonly level?: number;
}

function sumOf(request: AlignRequest, { hasEvenOdd = false, level = 0 }: StubOptions): Alignment {
  const bytes = readFileSync(request.moviePath);
  const [width, height, frames] = [0, 4, 8].map((offset) => bytes.readInt32LE(offset)) as [
    number,
    number,
    number,
  ];
  const sum = new Float32Array(width * height).fill(level);
  for (let i = 0; i < sum.length * frames; i++) sum[i % sum.length]! += bytes.readUInt16LE(1024 + 2 * i);
  request.onProgress?.(1);
  return {
    width,
    height,
    pixelSizeA: request.pixelSizeA * request.binning,
    sum,
    doseWeighted: request.dosePerFrameEA2 === null ? null : sum.map((value) => value / 2),
    ...(hasEvenOdd && request.evenOdd ? { evenOdd: evenOddOf(sum, request.evenOdd === 'weighted') } : {}),
    movieWidth: width,
    movieHeight: height,
    frames,
    firstFrame: 1,
    lastFrame: frames,
    referenceFrame: 1,
    shiftsPixels: Array.from({ length: frames }, (_, i) => [DRIFT[0] * i, DRIFT[1] * i] as const),
    dosePerFrameEA2: request.dosePerFrameEA2,
    iterations: 1,
    converged: true,
    meanCountsPerPixelFrame: sum.reduce((total, value) => total + value, 0) / sum.length / frames,
    hotPixels: [],
    warnings: ['made by a stub'],
  };
}

const evenOddOf = (sum: Float32Array, isWeighted: boolean) => {
  const weight = isWeighted ? 0.5 : 1;
  return { isWeighted, even: sum.map((v) => 0.25 * weight * v) };
};

const ctfOf = (request: CtfRequest): Ctf => ({
  defocusUA: 10_000 + request.csMm,
  defocusVA: 9_000,
  astigmatismA: 1_000 + request.csMm,
  astigmatismAngleDeg: 10,
  phaseShiftDeg: 0,
  figureOfMerit: 0.5,
  fitResolutionA: 4,
  fitCriterion: 'stub',
  confidence: 1,
  iceRingScore: null,
  profile: { frequencyPerA: [0.1], data: [1], model: [1], cc: [1] },
});
