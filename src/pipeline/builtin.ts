import { BUILTIN_PROGRAM } from '../contract/programs.ts';
import { estimateCtf } from '../engine/ctf/estimate.ts';
import { alignMovie } from '../engine/motion/align.ts';
import type { AlignOutcome, AlignRequest, CtfRequest, LocalMotion } from '../engine/ports.ts';
import type { Aligner, Alignment, CtfEstimator, CtfFit, ProgramResult } from './adapter.ts';
import { alignWarnings, ctfWarnings, noLocalMotionText } from './finding-texts.ts';

/** Adapter of the built-in engine. */
export const builtinAdapter = (version: string): Aligner & CtfEstimator => ({
  name: BUILTIN_PROGRAM,
  version,
  align,
  estimateCtf: estimate,
});

async function align(request: AlignRequest): Promise<ProgramResult<Alignment>> {
  const { local, readerWarnings, findings, ...rest } = await alignMovie(request);
  const outcome = {
    ...rest,
    local: local ? withReasonText(local) : null,
    warnings: [...readerWarnings, ...alignWarnings(findings)],
  };
  return { outcome, command: alignCall(request) };
}

const withReasonText = (local: NonNullable<AlignOutcome['local']>): LocalMotion<string> =>
  local.fit === null ? { fit: null, reason: noLocalMotionText(local.reason) } : local;

async function estimate(request: CtfRequest): Promise<ProgramResult<CtfFit>> {
  const { findings, ...rest } = await estimateCtf(request);
  return { outcome: { ...rest, warnings: ctfWarnings(findings) }, command: ctfCall(request) };
}

const alignCall = ({ signal: _s, onProgress: _p, onReferences: _r, within: _w, ...values }: AlignRequest) =>
  `alignMovie(${JSON.stringify(values)})`;

const ctfCall = ({ signal: _signal, image, ...values }: CtfRequest) =>
  `estimateCtf(${JSON.stringify({ image: `${image.length} pixels`, ...values })})`;
