import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Ctf } from '../contract/record.ts';
import { formatCtffindText } from '../formats/logs/ctffind.ts';
import { writeMrc } from '../formats/mrc/write.ts';
import { type CtfFit, type CtfWorkspace, programFor } from './adapter.ts';
import type { Micrograph } from './align-step.ts';
import { lastStep, nameOutput, type Run, runStep, warn } from './run.ts';

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
 * External programs read only 32-bit floats: if the micrograph is written with 16 bits, a 32-bit copy is made
 * when a program needs it.
 */
function workspaceOf(
  run: Run,
  { path, isFloat32, sum, width, height, pixelSizeA }: Micrograph,
): CtfWorkspace {
  const { workDir } = run.staging;
  const folder = join(workDir, 'in-32-bits');
  const copy = join(folder, basename(path));
  return {
    workDir,
    get micrographPath() {
      if (isFloat32) return path;
      if (!existsSync(copy)) {
        mkdirSync(folder, { recursive: true });
        writeMrc(copy, { width, height, data: sum }, pixelSizeA);
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
      ringsToA: ctf.fitResolutionA,
    },
  });
}
