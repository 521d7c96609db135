import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Ctf } from '../contract/record.ts';
import { formatCtffindText } from '../formats/logs/ctffind.ts';
import { writeMrc } from '../formats/mrc/write.ts';
import { type CtfFit, type CtfWorkspace, programFor } from './adapter.ts';
import type { Micrograph } from './align-step.ts';
import { lastStep, nameOutput, type Run, runStep, warn } from './run.ts';

const COPY_FOLDER = 'in-32-bits';

/**
 * Sum without dose weighting -> CTF; the diagnostic image in `<base>.ctf` (MRC mode 2) and the result in
 * `<base>_ctffind.txt`, staged.
 */
export async function ctfStep(run: Run, micrograph: Micrograph): Promise<CtfFit> {
  const { recipe } = run.batch;
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
  const workspace = workspaceOf(run, micrograph);
  const fit = await runStep(run, { name: 'ctf', program: program.name, version: program.version }, () =>
    program.estimateCtf(request, workspace),
  );
  warn(run, 'ctf', fit.warnings);
  const { size, data } = fit.diagnostic;
  writeMrc(run.staging.pathOf(nameOutput(run, 'spectrum')), { width: size, height: size, data }, null);
  const text = fit.ctffindText ?? ctffindTextOf(run, micrograph, fit.ctf, size);
  await run.staging.write(nameOutput(run, 'ctfText'), text);
  return fit;
}

/**
 * Other programs read only 32-bit floats, and they follow links, which may have replaced an output of an
 * earlier run. If the micrograph is written in 16 bits, or is an output of an earlier run, a 32-bit copy is
 * made when a program needs it. Paths are relative to `workDir`.
 */
function workspaceOf(
  run: Run,
  { path, isReadableByPrograms, sum, width, height, pixelSizeA }: Micrograph,
): CtfWorkspace {
  const { workDir } = run.staging;
  const name = basename(path);
  return {
    workDir,
    get micrographPath() {
      if (isReadableByPrograms) return join('..', name);
      const copy = join(COPY_FOLDER, name);
      if (!existsSync(join(workDir, copy))) {
        mkdirSync(join(workDir, COPY_FOLDER), { recursive: true });
        writeMrc(join(workDir, copy), { width, height, data: sum }, pixelSizeA);
      }
      return copy;
    },
  };
}

/** The text that CTFFIND would have written, for fits of other programs. */
function ctffindTextOf(run: Run, micrograph: Micrograph, ctf: Ctf, boxPixels: number): string {
  const { recipe } = run.batch;
  const { program, version } = lastStep(run);
  return formatCtffindText({
    madeBy: `${program} ${version} through cryoem-service ${run.tools.serviceVersion}`,
    madeAt: new Date().toISOString().slice(0, 19).replace('T', ' '),
    inputFile: basename(micrograph.path),
    pixelSizeA: micrograph.pixelSizeA,
    voltageKv: recipe.voltageKv,
    csMm: recipe.csMm,
    amplitudeContrast: recipe.amplitudeContrast,
    boxPixels,
    ...recipe.ctf,
    row: {
      defocus1A: ctf.defocusUA,
      defocus2A: ctf.defocusVA,
      azimuthDeg: ctf.astigmatismAngleDeg,
      phaseShiftRad: (ctf.phaseShiftDeg * Math.PI) / 180,
      crossCorrelation: ctf.figureOfMerit,
      fitResolutionA: ctf.fitResolutionA,
    },
  });
}
