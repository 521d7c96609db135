import { describe, expect, test } from 'vitest';
import { kindOf } from '../../../src/sessions/discovery/patterns.ts';

describe('names of movies', () => {
  test.each([
    ['FoilHole_1_Data_2_3_20210427_113000_fractions.tiff', 0],
    ['FoilHole_1_Data_2_3_20210427_113000_Fractions.tiff', 0],
    ['FoilHole_1_fractions.mrc', 1],
    ['FoilHole_1_EER.eer', 2],
    ['20210427_frames_0001.tif', 3],
    ['summit_again_001.mrcs', 3],
    ['20210427_0001.eer', 3],
    ['FoilHole_1_Data_2.mrc', null],
    ['FoilHole_1_Data_2.jpg', null],
    ['20210427_gain.tiff', null],
    ['CountRef_1.mrc', null],
    ['K3-Map.m1.dm4', null],
    ['x.gain', null],
    ['.FoilHole_1_fractions.tiff.Xy12', null],
    ['Atlas_1.mrc', null],
    ['notes.txt', null],
    ['FoilHole_1_Data_2_3_20210427_113000_EER.tif', 0],
    ['FoilHole_1_fractions.tif', 0],
    ['Atlastin_grid2_0001.tif', 3],
    ['membrane_ref_0001.tif', 3],
    ['20210427_gain.mrc', null],
  ])('%s', (name, kind) => {
    expect(kindOf(name, {})).toBe(kind);
  });

  test.each([
    ['my_001_frames.tif', true],
    ['my_001_frames.TIF', true],
    ['my_001.tif', false],
    ['x_001_frames.tif', false],
    ['my_001_frames.tiff', false],
    ['my_frames.tif', true],
    ['my_gain.tif', false],
  ])('with a prefix, suffix and extension: %s', (name, isMovie) => {
    expect(kindOf(name, { prefix: 'my_', suffix: 'frames', extension: '.tif' })).toBe(isMovie ? 0 : null);
  });
});
