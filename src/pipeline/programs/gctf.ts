import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { ProgramSettings } from '../../contract/programs.ts';
import { DEFAULT_CTF_SEARCH } from '../../contract/recipe.ts';
import type { CtfRequest } from '../../engine/ports.ts';
import { type FitCurves, parseGctfCurves } from '../../formats/logs/curves.ts';
import { parseGctfLog } from '../../formats/logs/gctf.ts';
import type { LogReading } from '../../formats/logs/log-error.ts';
import type { CtfEstimator } from '../adapter.ts';
import type { Flag } from './arguments.ts';
import { type CtfInput, type CtfReading, ctfAdapter } from './ctf-adapter.ts';
import type { ProgramOutputs } from './outputs.ts';

/** Side of the spectrum, pixels, as in the predecessor. */
const BOX_PIXELS = 1024;
/** Step of the phase shift search, degrees: RELION's default. */
const PHASE_STEP_DEG = 10;

/** Gctf. It needs an NVIDIA GPU. */
export const gctfAdapter = (settings: ProgramSettings): CtfEstimator =>
  ctfAdapter(
    {
      name: 'gctf',
      call: ({ request, file, stem }) => ({ args: gctfArguments(request, file, `${stem}_gctf.star`) }),
      read: readGctf,
    },
    settings,
  );

/** Flags of the search ranges; without a flag, the default of Gctf applies. */
const RANGE_FLAGS = [
  ['minimumDefocusA', '--defL'],
  ['maximumDefocusA', '--defH'],
  ['lowResolutionA', '--resL'],
  ['highResolutionA', '--resH'],
] as const;

/**
 * The predecessor's command line, with the ranges that a user has set; without them, the defaults of Gctf
 * apply, as in the predecessor. Names of the additional flags are those in RELION's calls to Gctf.
 */
export function gctfArguments(request: CtfRequest, input: string, star: string): string[] {
  const { search } = request;
  const { expectedAstigmatismA, phaseShift } = search;
  const ranges = RANGE_FLAGS.filter(([key]) => search[key] !== DEFAULT_CTF_SEARCH[key]);
  const flags: Flag[] = [
    ['--apix', `${request.pixelSizeA}`],
    ['--kV', `${request.voltageKv}`],
    ['--Cs', `${request.csMm}`],
    ['--ac', `${request.amplitudeContrast}`],
    ['--ctfstar', star],
    ['--boxsize', `${BOX_PIXELS}`],
    ...ranges.map(([key, flag]): Flag => [flag, `${search[key]}`]),
  ];
  if (expectedAstigmatismA !== undefined) flags.push(['--astm', `${expectedAstigmatismA}`]);
  if (phaseShift !== undefined)
    flags.push(
      ['--phase_shift_L', `${phaseShift.minimumDeg}`],
      ['--phase_shift_H', `${phaseShift.maximumDeg}`],
      ['--phase_shift_S', `${PHASE_STEP_DEG}`],
    );
  return [...flags.flat(), input, '--gid', '0'];
}

function readGctf(outputs: ProgramOutputs, { request, stem, programPath }: CtfInput): CtfReading {
  const logName = `${stem}_gctf.log`;
  const log = parseGctfLog(outputs.textIfPresent(logName) ?? outputs.printedText, logName).value;
  const curves = curvesOf(outputs, `${stem}_EPA.log`);
  // Gctf's picture extends to Nyquist of its input micrograph.
  const nyquistPerA = 1 / (2 * request.pixelSizeA);
  const diagnostic = outputs.diagnostic(`${stem}.ctf`, () => nyquistPerA);
  const version = log.version ?? versionInName(programPath) ?? 'unknown';
  return {
    fit: {
      defocus1A: log.defocusUA,
      defocus2A: log.defocusVA,
      angleDeg: log.angleDeg,
      phaseShiftDeg: log.phaseShiftDeg ?? 0,
      figureOfMerit: log.crossCorrelation,
      fitResolutionA: log.resolutionLimitA,
      fitCriterion: `Gctf ${version}: limit estimated by equiphase average`,
      curves: curves.value,
    },
    diagnostic,
    version,
    warnings: curves.warnings,
  };
}

/** The curves are for display: without them the fit is still valid, and there is a warning. */
function curvesOf(outputs: ProgramOutputs, name: string): LogReading<FitCurves> {
  const text = outputs.textIfPresent(name);
  if (text !== null) return parseGctfCurves(text, name);
  return {
    value: { frequencyPerA: [], data: [], model: [], cc: [] },
    warnings: [`Gctf wrote no ${name}: the CTF curves cannot be shown`],
  };
}

/** Executables of Gctf have names such as `Gctf-v1.06_sm_20_cu8.0_x86_64`. */
const versionInName = (path: string): string | null =>
  /v(\d+\.\d+)/i.exec(basename(realpathSync(path)))?.[1] ?? null;
