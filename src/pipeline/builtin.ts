import { BUILTIN_PROGRAM } from '../contract/programs.ts';
import { estimateCtf } from '../engine/ctf/estimate.ts';
import { alignMovie } from '../engine/motion/align.ts';
import type { AlignRequest, CtfRequest } from '../engine/ports.ts';
import type { ProgramAdapter } from './adapter.ts';

/** The engine of this package behind the port of all programs. */
export const builtinAdapter = (version: string): Required<ProgramAdapter> => ({
  name: BUILTIN_PROGRAM,
  version,
  align: async (request) => ({ outcome: await alignMovie(request), command: alignCall(request) }),
  estimateCtf: async (request) => ({ outcome: await estimateCtf(request), command: ctfCall(request) }),
});

const alignCall = ({ signal: _signal, onProgress: _progress, ...values }: AlignRequest) =>
  `alignMovie(${JSON.stringify(values)})`;

const ctfCall = ({ signal: _signal, image, ...values }: CtfRequest) =>
  `estimateCtf(${JSON.stringify({ image: `${image.length} pixels`, ...values })})`;
