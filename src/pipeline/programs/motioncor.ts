import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramSettings } from '../../contract/programs.ts';
import { parseMotioncorProgress } from '../../formats/logs/motioncor-shifts.ts';
import type { Aligner, Workspace } from '../adapter.ts';
import {
  type AlignerProgram,
  type AlignerReading,
  alignerAdapter,
  type Preparation,
} from './aligner-adapter.ts';
import {
  type Generation,
  INTEGRATION_FILE,
  motioncorArguments,
  motioncorProgram,
  OUTPUT_STEM,
  patchesOf,
  TOLERANCE_PIXELS,
} from './motioncor-arguments.ts';
import { motioncorLocal } from './motioncor-local.ts';
import { logNames, readShifts } from './motioncor-shifts.ts';
import { readEvenSum } from './motioncor-split.ts';
import type { MovieInput } from './movie-input.ts';
import type { ProgramOutputs } from './outputs.ts';
import { readSum } from './read-sum.ts';

const MIN_FRAMES = 2;

/** MotionCor2 or MotionCor3. They need an NVIDIA GPU. */
export const motioncorAdapter = (generation: Generation, settings: ProgramSettings): Aligner =>
  alignerAdapter(motioncor(generation), settings);

const motioncor = (generation: Generation): AlignerProgram => ({
  name: motioncorProgram(generation),
  minFrames: MIN_FRAMES,
  eerGain: 'multiplies',
  version: {
    inOutput: /MotionCor\d?\s+version\s+(\d[\w.]*)/i,
    inFileName: /motioncor\d?[-_]v?(\d[\d.]*\d)/i,
  },
  missingModelText: 'The model of local motion is missing.',
  extensionOf: (format) => format,
  prepare: writeIntegration,
  argumentsOf: (input, files, additionalArguments) =>
    motioncorArguments(generation, input, files, additionalArguments),
  read: readMotioncor,
});

/**
 * For EER: writes the integration file, one line `camera-frames grouping dose`, with the dose of one camera
 * frame; 0 if it is not known.
 */
function writeIntegration({ structure, doseEA2 }: MovieInput, { workDir }: Workspace): Preparation {
  const { eer } = structure;
  if (!eer) return { warnings: [], comment: '' };
  const dose = doseEA2 === null ? 0 : doseEA2 / eer.framesPerFraction;
  const line = `${eer.cameraFrames} ${eer.framesPerFraction} ${dose}`;
  writeFileSync(join(workDir, INTEGRATION_FILE), `${line}\n`);
  const warning = `MotionCor adds the ${eer.leftOver} remaining camera frames to the last fractions.`;
  return { warnings: eer.leftOver === 0 ? [] : [warning], comment: ` # ${INTEGRATION_FILE}: ${line}` };
}

/**
 * @throws CodedError PROGRAM_FAILED if sums or shifts are missing or cannot be parsed, or if MotionCor
 * ignored a reference
 */
function readMotioncor(outputs: ProgramOutputs, input: MovieInput): AlignerReading {
  const { title, printedText } = outputs;
  const { request, doseEA2 } = input;
  const { ignoredOptions, lastErrorPixels, iterations } = parseMotioncorProgress(printedText);
  if (ignoredOptions.length > 0)
    throw outputs.failure(`${title} ignored options: ${ignoredOptions.join('; ')}.`);
  const shifts = readShifts(outputs, input);
  const plainSum = readSum(outputs, `${OUTPUT_STEM}.mrc`, input);
  const weightedSum = doseEA2 === null ? null : readSum(outputs, `${OUTPUT_STEM}_DW.mrc`, input);
  const split = request.evenOdd === 'plain' ? readEvenSum(outputs, input, plainSum.data) : { warnings: [] };
  return {
    plainSum,
    weightedSum,
    ...('even' in split ? { evenSum: split.even } : {}),
    shiftsToApply: shifts.shiftsToApply,
    local: motioncorLocal(outputs, input, patchesOf(input)),
    iterations,
    isConverged: lastErrorPixels === null || lastErrorPixels < TOLERANCE_PIXELS,
    meanCountsPerPixelFrame: null, // the scale of MotionCor's sums is not documented
    hotPixels: [],
    log: [printedText, ...logNames(outputs).map((name) => `==> ${name} <==\n${outputs.text(name)}`)].join(
      '\n',
    ),
    warnings: [...shifts.warnings, ...split.warnings],
  };
}
