import { describe, expect, it } from 'vitest';
import { parseMotioncorPatches } from '../../../src/formats/logs/motioncor-patches.ts';
import {
  parseMotioncorFullLog,
  parseMotioncorOutput,
  parseMotioncorProgress,
} from '../../../src/formats/logs/motioncor-shifts.ts';

/**
 * Invented values in the structure of the outputs. Sources: test/pipeline/programs/motioncor-replay.ts.
 */
const LINES = `Full-frame alignment has been started.
Iteration  1  Error:     2.000
Iteration  2  Error:     0.250

Full-frame alignment shift
...... Frame (  1) shift:     0.000      0.000
...... Frame (  2) shift:    -1.250      0.500
...... Frame (  3) shift:    -2.000      1.125

Global shifts are corrected: 0.120000 sec
Iteration  1  Error:     9.000
`;
const TABLE = LINES.replace('Full-frame alignment shift\n', 'Frame   x Shift   y Shift\n').replace(
  /\.{6} Frame \((\s*\d)\) shift:/g,
  '$1',
);
const SHIFTS = [
  [0, 0],
  [-1.25, 0.5],
  [-2, 1.125],
];

describe('shifts that MotionCor prints', () => {
  it.each([
    ['lines, as printed by MotionCor2 before 1.6 and MotionCor3', LINES],
    ['a table, as printed by MotionCor2 1.6', TABLE],
    ['a table below the old heading', TABLE.replace('Frame   x', 'Full-frame alignment shift\nFrame   x')],
    ['lines with a carriage return', LINES.replaceAll('\n', '\r\n')],
  ])('are read from %s', (_description, text) => {
    expect(parseMotioncorOutput(text, 'out', 3).value).toEqual(SHIFTS);
  });

  it.each([
    ['no text', '', /no shifts of frames/],
    ['a heading without rows', 'Full-frame alignment shift\n\nGlobal shifts', /no shifts of frames/],
    ['an unknown format', LINES.replaceAll('shift:', 'moved by'), /no shifts of frames/],
    ['a missing last frame', LINES.replace(/.*\( {2}3\).*\n/, ''), /expected 3 frames, found 2/],
    [
      'a missing frame in the middle',
      LINES.replace(/.*\( {2}2\).*\n/, ''),
      /line 7.*expected frame 2, found frame 3/,
    ],
    ['nan', LINES.replace('-1.250', '-nan'), /line 7 x shift.*found -nan/],
    ['a truncated number', LINES.replace('1.125', '1.1e'), /line 8 y shift/],
    ['infinity', TABLE.replace('1.125', 'inf'), /found inf/],
  ])('are never read from %s', (_description, text, message) => {
    expect(() => parseMotioncorOutput(text, 'out', 3)).toThrow(message);
  });
});

describe("MotionCor's X-Full.log", () => {
  const LOG = '# full frame alignment\n   1      0.00      0.00\n   2     -1.25      0.50\n';

  it('is read with its comments and empty lines', () => {
    expect(parseMotioncorFullLog(`${LOG}\n`, 'X-Full.log', 2).value).toEqual([
      [0, 0],
      [-1.25, 0.5],
    ]);
  });

  it.each([
    ['is empty', '# full frame alignment\n', /X-Full.log.*expected 2 frames, found 0/],
    ['has a frame too many', `${LOG}   3 1 1\n`, /expected 2 frames, found 3/],
    ['has words', `${LOG}done\n`, /line 4.*found done/],
    ['has a truncated row', LOG.replace('      0.50', ''), /line 3.*expected frame, x, y/],
    ['has no number', LOG.replace('0.50', '****'), /line 3 y shift.*found \*\*\*\*/],
  ])('causes an error if it %s', (_description, text, message) => {
    expect(() => parseMotioncorFullLog(text, 'X-Full.log', 2)).toThrow(message);
  });
});

describe('the progress that MotionCor prints', () => {
  it('has the number of iterations of the whole-frame alignment', () => {
    expect(parseMotioncorProgress(LINES)).toEqual({
      iterations: 2,
      lastErrorPixels: 0.25,
      ignoredOptions: [],
    });
    expect(parseMotioncorProgress('')).toEqual({ iterations: 0, lastErrorPixels: null, ignoredOptions: [] });
  });

  it.each([
    'Gain reference will not be loaded.',
    '   Gain correction will be skipped.',
    'Error: cannot augment gain reference.',
    'Warning: throwing two many frames, ignore!',
  ])('includes what MotionCor ignored: %s', (line) => {
    expect(parseMotioncorProgress(`a\n${line}\nb`).ignoredOptions).toEqual([line.trim()]);
  });

  it('does not treat other lines as warnings', () => {
    const normalOutput =
      'Gain reference has been loaded.\nLoad gain refereince from\n   /raw/gain.mrc\n-Gain  gain.mrc\n';
    expect(parseMotioncorProgress(normalOutput).ignoredOptions).toEqual([]);
  });
});

describe("MotionCor's logs of patches", () => {
  const HEAD = '# Patch based alignment\n# Number of patches: 2\n# Movie size: 100  80  2\n\n';
  const ROWS = [
    '   1    25.00    40.00     0.00     0.00    0',
    '   2    25.00    40.00     0.50    -0.25    1',
    '   1    75.00    40.00     0.00     0.00    0',
    '   2    75.00    40.00    -0.50     0.75    0',
  ];
  const logByPatch = `${HEAD}#Patch 001 raw and fit shifts\n${ROWS.slice(0, 2).join('\n')}\n\n#Patch 002\n${ROWS.slice(2).join('\n')}\n`;
  const logByFrame = `${HEAD}${[0, 2, 1, 3].map((i) => ROWS[i]).join('\n')}\n`;

  it.each([
    ['patch by patch', logByPatch],
    ['frame by frame', logByFrame],
  ])('are read if they are written %s, with the points that MotionCor excluded', (_description, text) => {
    expect(parseMotioncorPatches(text, 'log', 2).value).toEqual({
      size: [100, 80],
      patches: [
        {
          centre: [25, 40],
          points: [
            { shift: [0, 0], isBad: false },
            { shift: [0.5, -0.25], isBad: true },
          ],
        },
        {
          centre: [75, 40],
          points: [
            { shift: [0, 0], isBad: false },
            { shift: [-0.5, 0.75], isBad: false },
          ],
        },
      ],
    });
  });

  it('may contain a fitted shift instead of the exclusion mark', () => {
    const text = logByPatch.replace(/ {4}[01]$/gm, '     0.10     0.20');
    expect(parseMotioncorPatches(text, 'log', 2).value.patches[0]!.points[1]).toEqual({
      shift: [0.5, -0.25],
      isBad: false,
    });
  });

  it.each([
    ['no patches', HEAD, /it has no patches/],
    ['no size', logByPatch.replace(/# Movie.*\n/, ''), /size of the movie is missing/],
    ['a missing patch', logByPatch.slice(0, logByPatch.indexOf('#Patch 002')), /expected 2, found 1/],
    [
      'a missing frame',
      logByFrame.slice(0, logByFrame.lastIndexOf('   2')),
      /patch at 75, 40.*expected 2 frames, found 1/,
    ],
    ['a truncated row', logByPatch.replace(/-0.25 {4}1/, ''), /columns are missing.*line 7.*found 4/],
    ['nan', logByPatch.replace('0.75', 'nan'), /line 11 y shift.*found nan/],
    [
      'a missing first frame',
      logByPatch.replace('   1    25.00', '   2    25.00'),
      /line 6.*expected frame 1, found 2/,
    ],
  ])('with %s cause an error', (_description, text, message) => {
    expect(() => parseMotioncorPatches(text, 'log', 2)).toThrow(message);
  });
});
