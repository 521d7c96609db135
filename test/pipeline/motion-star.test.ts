import { describe, expect, it } from 'vitest';
import { motionStar } from '../../src/pipeline/motion-star.ts';

const RECIPE = { pixelSizeA: 0.8, voltageKv: 300, binning: 1 };
const NO_REFERENCES = { gainPath: null, defectPath: null };
const ALIGNED = {
  movieWidth: 256,
  movieHeight: 512,
  frames: 4,
  firstFrame: 2,
  shiftsPixels: [
    [0, 0],
    [1, -2],
    [2, -4],
  ] as const,
  dosePerFrameEA2: 1.5,
  hotPixels: [] as readonly (readonly [number, number])[],
};

/** Words of each line of a block, without comments and empty lines. */
function blockOf(star: string, name: string): string[][] {
  const body = star.split(`data_${name}\n`)[1]?.split(/\ndata_/)[0] ?? '';
  const lines = body.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return lines.filter(Boolean).map((line) => line.split(/\s+/));
}

describe('motionStar', () => {
  it('converts the motion of the content to the shift to apply, as RELION does', () => {
    const rows = blockOf(motionStar(ALIGNED, RECIPE, '/raw/m.tiff', NO_REFERENCES), 'global_shift').filter(
      (r) => r.length === 3,
    );
    expect(rows.map((row) => row.map(Number))).toEqual([
      // RELION's values for an unused frame
      [1, -9999, -9999],
      [2, 0, 0],
      [3, -1, 2],
      [4, -2, 4],
    ]);
  });

  it('describes the movie with the labels of RELION', () => {
    const pairs = Object.fromEntries(
      blockOf(motionStar(ALIGNED, RECIPE, '/raw/m.tiff', NO_REFERENCES), 'general'),
    );
    expect(pairs).toMatchObject({
      _rlnImageSizeX: '256',
      _rlnImageSizeY: '512',
      _rlnImageSizeZ: '4',
      _rlnMicrographMovieName: '/raw/m.tiff',
      _rlnMicrographStartFrame: '2',
      _rlnMotionModelVersion: '0',
    });
    expect(Number(pairs._rlnMicrographDoseRate)).toBe(1.5);
    expect(Number(pairs._rlnMicrographOriginalPixelSize)).toBe(0.8);
    expect(pairs._rlnMicrographGainName).toBeUndefined();
  });

  it('names the gain reference and the defect map, and omits an unknown dose', () => {
    const references = { gainPath: '/g.mrc', defectPath: '/d.txt' };
    const star = motionStar({ ...ALIGNED, dosePerFrameEA2: null }, RECIPE, '/raw/m.tiff', references);
    const pairs = Object.fromEntries(blockOf(star, 'general'));
    expect(pairs).toMatchObject({ _rlnMicrographGainName: '/g.mrc', _rlnMicrographDefectFile: '/d.txt' });
    expect(pairs._rlnMicrographDoseRate).toBeUndefined();
  });

  it('writes the local model as RELION does: 18 coefficients along x, then along y, with the sign of a correction', () => {
    const fit = {
      patches: [5, 5] as const,
      rmsPixels: 0.1,
      points: 100,
      outliers: 1,
      coefficientsX: Array.from({ length: 18 }, (_, i) => i + 1),
      coefficientsY: Array.from({ length: 18 }, (_, i) => -(i + 1)),
    };
    const star = motionStar(
      { ...ALIGNED, local: { fit, reason: null } },
      RECIPE,
      '/raw/m.tiff',
      NO_REFERENCES,
    );
    expect(Object.fromEntries(blockOf(star, 'general'))).toMatchObject({ _rlnMotionModelVersion: '1' });
    const rows = blockOf(star, 'local_motion_model').filter((row) => row.length === 2 && row[0]![0] !== '_');
    expect(rows).toHaveLength(36);
    expect(rows[2]!.map(Number)).toEqual([2, -3]);
    expect(rows[20]!.map(Number)).toEqual([20, 3]);
  });

  it('lists hot pixels if there are any', () => {
    const star = motionStar({ ...ALIGNED, hotPixels: [[3, 4]] }, RECIPE, '/raw/m.tiff', NO_REFERENCES);
    expect(blockOf(star, 'hot_pixels')).toContainEqual(['3', '4']);
    expect(motionStar(ALIGNED, RECIPE, '/raw/m.tiff', NO_REFERENCES)).not.toContain('hot_pixels');
  });
});
