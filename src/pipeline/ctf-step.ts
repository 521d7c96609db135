import type { CtfOutcome } from '../engine/ports.ts';
import { writeMrc } from '../formats/mrc/write.ts';
import { programFor } from './adapter.ts';
import type { Micrograph } from './align-step.ts';
import { nameOutput, type Run, timed, warn } from './run.ts';

/** Sum without dose weighting -> CTF, and its picture as numbers in `<base>.ctf` (MRC mode 2), staged. */
export async function ctfStep(run: Run, micrograph: Micrograph): Promise<CtfOutcome> {
  const { recipe } = run.order;
  const program = programFor(run.tools.programs, recipe.programs.ctf, 'estimateCtf');
  const request = {
    image: micrograph.sum,
    width: micrograph.width,
    height: micrograph.height,
    pixelSizeA: micrograph.pixelSizeA,
    voltageKv: recipe.voltageKv,
    csMm: recipe.csMm,
    amplitudeContrast: recipe.amplitudeContrast,
    search: recipe.ctf,
    ...(run.hooks.signal ? { signal: run.hooks.signal } : {}),
  };
  const place = { workDir: run.staging.workDir, micrographPath: micrograph.path };
  const outcome = await timed(run, { name: 'ctf', program: program.name, version: program.version }, () =>
    program.estimateCtf(request, place),
  );
  warn(run, 'ctf', outcome.warnings);
  const { size, data } = outcome.diagnostic;
  writeMrc(run.staging.pathOf(nameOutput(run, 'spectrum')), { width: size, height: size, data }, null);
  return outcome;
}
