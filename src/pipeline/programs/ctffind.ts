import { basename, extname } from 'node:path';
import { shellCommandLine } from '../../base/shell-words.ts';
import type { ProgramSettings } from '../../contract/programs.ts';
import type { CtfRequest } from '../../engine/ports.ts';
import { parseCtffindText } from '../../formats/logs/ctffind.ts';
import { parseCtffindCurves } from '../../formats/logs/curves.ts';
import type { CtfEstimator } from '../adapter.ts';
import { findProgram } from './find-program.ts';
import { recordFit } from './fit.ts';
import { linkMicrograph, readDiagnostic, readOutput } from './outputs.ts';
import { programFailed, runProgram } from './run-program.ts';

export const CTFFIND_PROGRAM = 'ctffind';

/** Side of the spectrum that CTFFIND makes, pixels: its own default. */
const BOX_PIXELS = 512;
/** Its own default step of the defocus search, Angstrom. */
const DEFOCUS_STEP_A = 100;
/** Step of the search for the shift of a phase plate, degrees: RELION's default. */
const PHASE_STEP_DEG = 10;
const RADIANS = Math.PI / 180;

/**
 * The answers to the questions of CTFFIND 4.1 and 5 in their order. Later versions ask more questions at the end (4.1.15
 * for the tilt, 5 for the thickness), all of them answered with "no"; an earlier version leaves the rest unread.
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
    'no', // is the astigmatism known
    'no', // slower, more exhaustive search
    ...(expectedAstigmatismA === undefined ? ['no'] : ['yes', `${expectedAstigmatismA}`]),
    ...(phaseShift === undefined
      ? ['no']
      : ['yes', ...[phaseShift.minimumDeg, phaseShift.maximumDeg, PHASE_STEP_DEG].map(inRadians)]),
    'no', // sample tilt (from 4.1.15)
    'no', // sample thickness (from 5)
    'no', // expert options
  ];
}

const inRadians = (deg: number) => (deg * RADIANS).toFixed(6);

/** CTFFIND 4.1 or 5 behind the port of all programs. It works on one thread. */
export function ctffindAdapter(settings: ProgramSettings): CtfEstimator {
  return {
    name: CTFFIND_PROGRAM,
    version: 'unknown',
    async estimateCtf(request, place) {
      const path = findProgram('ctffind', settings.ctffind);
      const input = linkMicrograph(place);
      const stem = `${basename(input, extname(input))}_ctffind`;
      const answers = ctffindAnswers(request, input, `${stem}.mrc`);
      const printed = await runProgram({
        ...{ name: 'CTFFIND', path, args: [], cwd: place.workDir, input: `${answers.join('\n')}\n` },
        ...{ timeoutMs: settings.timeoutSeconds * 1000, signal: request.signal },
      });
      const ctffindText = readOutput('CTFFIND', place, `${stem}.txt`, printed);
      const { value, warnings } = parseCtffindText(ctffindText, `${stem}.txt`);
      const [row, ...others] = value.rows;
      if (!row || others.length > 0)
        throw programFailed(`CTFFIND wrote ${value.rows.length} results for one micrograph.`, printed);
      const curves = parseCtffindCurves(
        readOutput('CTFFIND', place, `${stem}_avrot.txt`, printed),
        `${stem}_avrot.txt`,
      );
      const [first, second] = curves.value.frequencyPerA as [number, number];
      const diagnostic = readDiagnostic(
        'CTFFIND',
        place,
        `${stem}.mrc`,
        printed,
        (size) => ((second - first) * size) / 2,
      );
      const version = value.version ?? /version\s*:\s*(\S+)/i.exec(printed)?.[1] ?? 'unknown';
      const judged = await recordFit(
        'CTFFIND',
        {
          ...{ defocus1A: row.defocus1A, defocus2A: row.defocus2A, angleDeg: row.azimuthDeg },
          phaseShiftDeg: row.phaseShiftRad / RADIANS,
          figureOfMerit: row.crossCorrelation,
          fitResolutionA: row.ringsToA,
          fitCriterion: `CTFFIND ${version}: spacing up to which it fitted rings`,
          curves: curves.value,
        },
        request,
      );
      return {
        outcome: {
          ...{ ctf: judged.ctf, diagnostic, ctffindText },
          warnings: [...warnings, ...curves.warnings, ...judged.warnings],
        },
        command: `${shellCommandLine([path])} <<EOF\n${answers.join('\n')}\nEOF`,
        external: { version },
      };
    },
  };
}
