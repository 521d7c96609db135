import { describe, expect, it } from 'vitest';
import { readEpuNames } from '../../src/formats/epu-names.ts';

describe('names from EPU', () => {
  it.each([
    [
      'Images-Disc1/GridSquare_29273632/Data/FoilHole_29274601_Data_29273633_5_20210427_101530_fractions.tiff',
      ['29273632', '29274601', '29273633_5'],
    ],
    [
      'GridSquare_1/Data/FoilHole_2_Data_31924013_31924015_20240101_120000_EER.eer',
      ['1', '2', '31924013_31924015'],
    ],
    // Only one number, followed by the time.
    ['GridSquare_1/Data/FoilHole_2_Data_3_20240101_120000_fractions.mrc', ['1', '2', '3']],
    ['GridSquare_1/Data/FoilHole_0007_fractions.mrc', ['1', '0007', null]],
    ['FoilHole_9_Data_8_fractions.tiff', [null, '9', '8']],
    ['GridSquare_12/grid_0001.tif', ['12', null, null]],
    // A folder is recognised only by its complete name.
    ['MyGridSquare_12/position_3.tif', [null, null, null]],
    ['frames/position_3_001.tif', [null, null, null]],
  ])('%s contains %j', (path, [gridSquare, hole, holePosition]) => {
    expect(readEpuNames(path)).toEqual({ gridSquare, hole, holePosition });
  });
});
