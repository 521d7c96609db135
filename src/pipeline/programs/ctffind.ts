import type { ProgramSettings } from '../../contract/programs.ts';
import type { CtfRequest } from '../../engine/ports.ts';
import { parseCtffindText } from '../../formats/logs/ctffind.ts';
import { type FitCurves, parseCtffindCurves } from '../../formats/logs/curves.ts';
import type { CtfEstimator } from '../adapter.ts';
import { type CtfInput, type CtfReading, ctfAdapter } from './ctf-adapter.ts';
import type { ProgramOutputs } from './outputs.ts';

/** Side of CTFFIND's spectrum, pixels: the default of CTFFIND. */
const BOX_PIXELS = 512;
/** Step of the defocus search, Angstrom: the default of CTFFIND. */
const DEFOCUS_STEP_A = 100;
/** Step of the phase shift search, degrees: RELION's default. */
const PHASE_STEP_DEG = 10;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** CTFFIND 4.1 or 5. It uses one thread. */
export const ctffindAdapter = (settings: ProgramSettings): CtfEstimator =>
  ctfAdapter(
    {
      name: 'ctffind',
      call: ({ request, file, stem }) => ({
        args: [],
        answers: ctffindAnswers(request, file, `${stem}_ctffind.mrc`),
      }),
      read: readCtffind,
    },
    settings,
  );

/**
 * The answers to the prompts of CTFFIND 4.1 and 5, in order. Later versions have more prompts at the end
 * (4.1.15 for the tilt, 5 for the thickness), which are answered with "no"; earlier versions do not read
 * these lines.
 */
export function ctffindAnswers(request: CtfRequest, input: string, diagnostic: string): string[] {
  const { pixelSizeA, search } = request;
  const { phaseShift, expectedAstigmatismA } = search;
  const nyquistA = 2 * pixelSizeA;
  return [
    input,
    diagnostic,
    `${pixelSizeA}`,
    `${request.voltageKv}`,
    `${request.csMm}`,
    `${request.amplitudeContrast}`,
    `${BOX_PIXELS}`,
    `${search.lowResolutionA}`,
    `${Math.max(search.highResolutionA, nyquistA)}`,
    `${search.minimumDefocusA}`,
    `${search.maximumDefocusA}`,
    `${DEFOCUS_STEP_A}`,
    'no', // known astigmatism?
    'no', // slower, more exhaustive search?
    ...(expectedAstigmatismA === undefined ? ['no'] : ['yes', `${expectedAstigmatismA}`]),
    ...(phaseShift === undefined
      ? ['no']
      : ['yes', ...[phaseShift.minimumDeg, phaseShift.maximumDeg, PHASE_STEP_DEG].map(inRadians)]),
    'no', // determine sample tilt? (from 4.1.15)
    'no', // determine sample thickness? (from 5)
    'no', // expert options?
  ];
}

const inRadians = (deg: number) => (deg * RADIANS_PER_DEGREE).toFixed(6);

function readCtffind(outputs: ProgramOutputs, { stem }: CtfInput): CtfReading {
  const textName = `${stem}_ctffind.txt`;
  const ctffindText = outputs.text(textName);
  const { value, warnings } = parseCtffindText(ctffindText, textName);
  const [row, ...others] = value.rows;
  if (!row || others.length > 0)
    throw outputs.failure(`CTFFIND wrote ${value.rows.length} results for one micrograph.`);
  const curvesName = `${stem}_ctffind_avrot.txt`;
  const curves = parseCtffindCurves(outputs.text(curvesName), curvesName);
  const version = value.version ?? /version\s*:\s*(\S+)/i.exec(outputs.printedText)?.[1] ?? 'unknown';
  return {
    fit: {
      defocus1A: row.defocus1A,
      defocus2A: row.defocus2A,
      angleDeg: row.azimuthDeg,
      phaseShiftDeg: row.phaseShiftRad / RADIANS_PER_DEGREE,
      figureOfMerit: row.crossCorrelation,
      fitResolutionA: row.fitResolutionA,
      fitCriterion: `CTFFIND ${version}: spacing up to which it fitted rings`,
      curves: curves.value,
    },
    diagnostic: outputs.diagnostic(`${stem}_ctffind.mrc`, (size) => (frequencyStep(curves.value) * size) / 2),
    version,
    ctffindText,
    warnings: [...warnings, ...curves.warnings],
  };
}

/** Pixel size of CTFFIND's picture, 1/A: the same as the spacing of its curves. */
function frequencyStep({ frequencyPerA }: FitCurves): number {
  const [first = Number.NaN, second = Number.NaN] = frequencyPerA;
  return second - first;
}
