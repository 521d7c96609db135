import { estimateCtf } from '../engine/ctf/estimate.ts';
import { alignMovie } from '../engine/motion/align.ts';
import type { AlignRequest, CtfRequest } from '../engine/ports.ts';
import { type ProgramAdapter, type Programs, registerPrograms } from './adapter.ts';
import { BUILTIN_PROGRAM } from './recipe.ts';

/** The engine of this package behind the port of all programs. */
export const builtinAdapter = (version: string): Required<ProgramAdapter> => ({
  name: BUILTIN_PROGRAM,
  version,
  align: async (request) => ({ outcome: await alignMovie(request), command: alignCall(request) }),
  estimateCtf: async (request) => ({ outcome: await estimateCtf(request), command: ctfCall(request) }),
});

/** All programs that a recipe can name. */
export const builtinPrograms = (version: string): Programs => registerPrograms(builtinAdapter(version));

const alignCall = ({ signal: _signal, onProgress: _progress, ...values }: AlignRequest) =>
  `alignMovie(${JSON.stringify(values)})`;

const ctfCall = ({ signal: _signal, image, ...values }: CtfRequest) =>
  `estimateCtf(${JSON.stringify({ image: `${image.length} pixels`, ...values })})`;
