import { describe, expect, test } from 'vitest';
import type { MovieMetadata } from '../../../src/contract/metadata.ts';
import { gridPositionValues, POSITION_COLUMNS } from '../../../src/sessions/ledger/grid-position.ts';

const NO_METADATA: MovieMetadata = {
  program: 'SerialEM',
  file: 'a.mdoc',
  pixelSizeA: null,
  superResolution: null,
  voltageKv: null,
  doseEA2: null,
  dosePerFrameEA2: null,
  frames: null,
  exposureSeconds: null,
  stageUm: null,
  stageAlphaDeg: null,
  beamShift: null,
  beamShiftUnit: 'um',
  gridSquare: null,
  hole: null,
  holePosition: null,
  targetDefocusUm: null,
  magnification: null,
  detector: null,
  acquiredAt: null,
  gainReference: null,
  defectFile: null,
  warnings: [],
};
const positionOf = (path: string, metadata?: Partial<MovieMetadata>) => {
  const values = gridPositionValues(path, metadata && { ...NO_METADATA, ...metadata });
  return Object.fromEntries(POSITION_COLUMNS.map((column, i) => [column, values[i]]));
};

describe('position of a movie on the grid', () => {
  test("is read from EPU's file names if there is no metadata", () => {
    const path = 'Images-Disc1/GridSquare_12/Data/FoilHole_34_Data_5_6_20260101_000000_fractions.tiff';
    expect(positionOf(path)).toMatchObject({ grid_square: '12', hole: '34', shot: '5_6', stage_x_um: null });
  });

  test('contains stage position, beam shift with its unit and target defocus from the metadata', () => {
    const metadata: Partial<MovieMetadata> = {
      stageUm: { x: 1, y: -2, z: 3 },
      beamShift: [0.1, 0.2],
      targetDefocusUm: 1.5,
      ...({ program: 'EPU', beamShiftUnit: 'program' } as const),
    };
    expect(positionOf('GridSquare_1/FoilHole_2_Data_3.tiff', metadata)).toEqual({
      grid_square: '1',
      hole: '2',
      shot: '3',
      stage_x_um: 1,
      stage_y_um: -2,
      shift_x: 0.1,
      shift_y: 0.2,
      shift_unit: 'program',
      target_defocus_um: 1.5,
    });
  });

  test.each([
    // Navigator points that were added together share the number before the hyphen. One or two numbers of the
    // position identify the hole; the last number identifies the exposure.
    [
      ['78-1', '2 3'],
      ['78', '78-1/2', '3'],
    ],
    [
      ['78-12', '1 -1 4'],
      ['78', '78-12/1,-1', '4'],
    ],
    [
      ['78-1', null],
      ['78', '78-1', null],
    ],
    [
      ['A-7-12', '0 1'],
      ['A-7', 'A-7-12/0', '1'],
    ],
    [
      ['56', '2 1'],
      ['56', '56/2', '1'],
    ],
    [
      ['56', null],
      [null, '56', null],
    ],
    [
      [null, null],
      [null, null, null],
    ],
  ])(
    'from the NavigatorLabel and MultishotHoleAndPosition %j of SerialEM is %j',
    ([hole, holePosition], [grid_square, name, shot]) => {
      const position = positionOf('grid_0001.tif', { hole: hole!, holePosition: holePosition! });
      expect(position).toMatchObject({ grid_square, hole: name, shot });
    },
  );
});
