import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/contract/errors.ts';
import { parseMotioncorPatches } from '../../../src/formats/logs/motioncor-patches.ts';
import { parseMotioncorFullLog, parseMotioncorOutput } from '../../../src/formats/logs/motioncor-shifts.ts';
import { parseRelionMotion, parseRelionMotionLog } from '../../../src/formats/logs/relion-motion.ts';

/**
 * Modified logs of alignments: they are read with the required number of finite values, or cause an error
 * with a position.
 */
const FRAMES = 4;
const rows = Array.from(
  { length: FRAMES },
  (_, i) => [i + 1, (i * 0.75).toFixed(2), (i * -1.25).toFixed(2)] as const,
);
const fullLog = `# full frame alignment\n${rows.map(([n, x, y]) => `   ${n}  ${x}  ${y}`).join('\n')}\n`;
const printedLog = `Full-frame alignment shift\n${rows.map(([n, x, y]) => `...... Frame (  ${n}) shift:   ${x}   ${y}`).join('\n')}\n\n`;
const patches = `# Number of patches: 1\n# Movie size: 100 80 4\n${rows.map(([n, x, y]) => `${n} 50.00 40.00 ${x} ${y} 0`).join('\n')}\n`;
const star = `data_general
_rlnImageSizeX 64
_rlnImageSizeY 48
_rlnImageSizeZ 4
_rlnMicrographStartFrame 1
_rlnMotionModelVersion 0
data_global_shift
loop_
_rlnMicrographFrameNumber #1
_rlnMicrographShiftX #2
_rlnMicrographShiftY #3
${rows.map((row) => row.join(' ')).join('\n')}
`;
const log = 'Global alignment:\n Iteration 1: RMSD = 5.09 px\n Iteration 2: RMSD = 0.34 px\n';
const movie = { structure: { width: 64, height: 48, frames: FRAMES }, firstFrame: 1, usedFrames: FRAMES };

const PARSERS: readonly (readonly [string, string, (text: string) => readonly (readonly number[])[]])[] = [
  ['X-Full.log', fullLog, (text) => parseMotioncorFullLog(text, 'f', FRAMES).value],
  ['standard output of MotionCor', printedLog, (text) => parseMotioncorOutput(text, 'f', FRAMES).value],
  [
    'X-Patch-Patch.log',
    patches,
    (text) => parseMotioncorPatches(text, 'f', FRAMES).value.patches[0]!.points.map(({ shift }) => shift),
  ],
  ["RELION's STAR", star, (text) => parseRelionMotion(text, 'f', movie).value.shiftsToApply],
  [
    "RELION's log",
    log,
    (text) => new Array(FRAMES).fill([parseRelionMotionLog(text, 'f').value.lastChangePixels]),
  ],
];

/** A text that is cut off, or in which a piece is removed, inserted or replaced. */
const mutation = (text: string) =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(12),
      fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('nan', 'inf', '\n', '-', '1e999', '#', '')),
      fc.boolean(),
    )
    .map(([offset, length, piece, isCut]) =>
      isCut ? text.slice(0, offset) : text.slice(0, offset) + piece + text.slice(offset + length),
    );

describe('a mutated log of an alignment', () => {
  it.each(PARSERS)(
    '%s: has finite and complete values, or causes an error with the name of the file',
    (_name, text, parse) => {
      expect(parse(text)).toHaveLength(FRAMES);
      fc.assert(
        fc.property(mutation(text), (mutatedText) => {
          try {
            const values = parse(mutatedText);
            return values.length === FRAMES && values.flat().every(Number.isFinite);
          } catch (error) {
            return (
              error instanceof CodedError && error.code === 'PROGRAM_FAILED' && error.location.file === 'f'
            );
          }
        }),
        { numRuns: 3000 },
      );
    },
  );
});
