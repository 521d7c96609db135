import { realpathSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { shellCommandLine } from '../../base/shell-words.ts';
import type { ProgramSettings } from '../../contract/programs.ts';
import { DEFAULT_CTF_SEARCH } from '../../contract/recipe.ts';
import type { CtfRequest } from '../../engine/ports.ts';
import { type FitCurves, parseGctfCurves } from '../../formats/logs/curves.ts';
import type { LogReading } from '../../formats/logs/fault.ts';
import { parseGctfLog } from '../../formats/logs/gctf.ts';
import type { CtfEstimator, MicrographPlace } from '../adapter.ts';
import { findProgram } from './find-program.ts';
import { recordFit } from './fit.ts';
import { linkMicrograph, readDiagnostic, readIfThere } from './outputs.ts';
import { runProgram } from './run-program.ts';

export const GCTF_PROGRAM = 'gctf';

/** Side of the spectrum, pixels, as the predecessor had it. */
const BOX_PIXELS = 1024;
/** Step of the search for the shift of a phase plate, degrees: RELION's default. */
const PHASE_STEP_DEG = 10;

/**
 * The predecessor's command line. Ranges that a person set are added; without them Gctf's own hold, as they did there.
 * Names of the further flags: as RELION gives them to Gctf.
 */
export function gctfArguments(request: CtfRequest, input: string, star: string): string[] {
  const { search } = request;
  const isSet = (key: 'minimumDefocusA' | 'maximumDefocusA' | 'lowResolutionA' | 'highResolutionA') =>
    search[key] !== DEFAULT_CTF_SEARCH[key];
  return [
    ...['--apix', `${request.pixelSizeA}`, '--kV', `${request.voltageKv}`, '--Cs', `${request.csMm}`],
    ...['--ac', `${request.amplitudeContrast}`, '--ctfstar', star, '--boxsize', `${BOX_PIXELS}`],
    ...(isSet('minimumDefocusA') ? ['--defL', `${search.minimumDefocusA}`] : []),
    ...(isSet('maximumDefocusA') ? ['--defH', `${search.maximumDefocusA}`] : []),
    ...(isSet('lowResolutionA') ? ['--resL', `${search.lowResolutionA}`] : []),
    ...(isSet('highResolutionA') ? ['--resH', `${search.highResolutionA}`] : []),
    ...(search.expectedAstigmatismA === undefined ? [] : ['--astm', `${search.expectedAstigmatismA}`]),
    ...(search.phaseShift === undefined
      ? []
      : [
          ...['--phase_shift_L', `${search.phaseShift.minimumDeg}`],
          ...['--phase_shift_H', `${search.phaseShift.maximumDeg}`, '--phase_shift_S', `${PHASE_STEP_DEG}`],
        ]),
    ...[input, '--gid', '0'],
  ];
}

/** Gctf behind the port of all programs. */
export function gctfAdapter(settings: ProgramSettings): CtfEstimator {
  return {
    name: GCTF_PROGRAM,
    version: 'unknown',
    async estimateCtf(request, place) {
      const path = findProgram('gctf', settings.gctf);
      const input = linkMicrograph(place);
      const stem = basename(input, extname(input));
      const args = gctfArguments(request, input, `${stem}_gctf.star`);
      const printed = await runProgram({
        ...{ name: 'Gctf', path, args, cwd: place.workDir },
        ...{ timeoutMs: settings.timeoutSeconds * 1000, signal: request.signal },
      });
      const logName = `${stem}_gctf.log`;
      const log = parseGctfLog(readIfThere(place, logName) ?? printed, logName).value;
      const curves = curvesOf(place, `${stem}_EPA.log`);
      // Gctf's picture reaches to Nyquist of the micrograph that it was given.
      const nyquistPerA = 1 / (2 * request.pixelSizeA);
      const diagnostic = readDiagnostic('Gctf', place, `${stem}.ctf`, printed, () => nyquistPerA);
      const version = log.version ?? versionInName(path) ?? 'unknown';
      const judged = await recordFit(
        'Gctf',
        {
          ...{ defocus1A: log.defocusUA, defocus2A: log.defocusVA, angleDeg: log.angleDeg },
          phaseShiftDeg: log.phaseShiftDeg ?? 0,
          figureOfMerit: log.crossCorrelation,
          fitResolutionA: log.resolutionLimitA,
          fitCriterion: `Gctf ${version}: limit estimated by equi-phase average`,
          curves: curves.value,
        },
        request,
      );
      return {
        outcome: { ctf: judged.ctf, diagnostic, warnings: [...curves.warnings, ...judged.warnings] },
        command: shellCommandLine([path, ...args]),
        external: { version },
      };
    },
  };
}

/** The curves are for the eye: without them the fit still stands, and a warning says so. */
function curvesOf(place: MicrographPlace, name: string): LogReading<FitCurves> {
  const text = readIfThere(place, name);
  if (text !== null) return parseGctfCurves(text, name);
  return {
    value: { frequencyPerA: [], data: [], model: [], cc: [] },
    warnings: [`Gctf wrote no ${name}: there are no curves`],
  };
}

/** Gctf's own files are named like `Gctf-v1.06_sm_20_cu8.0_x86_64`. */
const versionInName = (path: string): string | null =>
  /v(\d+\.\d+)/i.exec(basename(realpathSync(path)))?.[1] ?? null;
