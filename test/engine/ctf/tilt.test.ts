import { describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import { estimateCtf } from '../../../src/engine/ctf/estimate.ts';
import { fitPlane } from '../../../src/engine/ctf/plane.ts';
import { sweepTruth } from '../../support/ctf/sweep.ts';
import { makeTilted } from '../../support/ctf/tilted.ts';

const SIZE = 1024;
const filmTruth = {
  ...sweepTruth(15, SIZE),
  pixelSizeA: 2.2,
  voltageKv: 300,
  strengthA2: 0.15,
  blurA: 0,
  defocusUA: 14_200,
  defocusVA: 13_800,
  angleDeg: 20,
};

async function fitTilted(tiltDeg: number, axisDeg: number) {
  const { ctf } = await estimateCtf({
    image: makeTilted(filmTruth, tiltDeg, axisDeg),
    width: SIZE,
    height: SIZE,
    pixelSizeA: filmTruth.pixelSizeA,
    voltageKv: 300,
    csMm: 2.7,
    amplitudeContrast: filmTruth.amplitudeContrast,
    search: { ...DEFAULT_CTF_SEARCH, maximumDefocusA: 20_000 },
  });
  return ctf;
}

describe('local defocus', () => {
  it.each([
    [25, 30],
    [15, -60],
  ])('shows a tilt of %i degrees about an axis at %i degrees', async (tiltDeg, axisDeg) => {
    const ctf = await fitTilted(tiltDeg, axisDeg);
    expect(ctf.defocusMap).toMatchObject({ columns: 4, rows: 4 });
    expect(Math.abs((ctf.tiltAngleDeg ?? 0) - tiltDeg), JSON.stringify(ctf.defocusMap)).toBeLessThan(3);
    const axisErrorDeg = Math.abs((((((ctf.tiltAxisDeg ?? 999) - axisDeg + 90) % 180) + 180) % 180) - 90);
    expect(axisErrorDeg).toBeLessThan(6);
    expect(Math.abs((ctf.defocusUA + ctf.defocusVA) / 2 - 14_000)).toBeLessThan(150);
  });

  it('shows no tilt for a flat film', async () => {
    const ctf = await fitTilted(0, 0);
    expect(ctf.tiltAngleDeg).toBeNull();
    expect(ctf.tiltAxisDeg).toBeNull();
    expect(ctf.defocusMap?.defocusA.filter((d) => d !== null).length).toBeGreaterThan(12);
  });
});

describe('a plane through points', () => {
  const points = Array.from({ length: 16 }, (_, i) => ({ x: i % 4, y: i >> 2, error: 1, value: 0 }));

  it('has the slope of the points, ignoring an outlier', () => {
    const tilted = points.map((p, i) => ({ ...p, value: 50 * p.x - 20 * p.y + (i === 5 ? 900 : 0) }));
    const plane = fitPlane(tilted);
    expect(plane?.slopeX).toBeCloseTo(50, 1);
    expect(plane?.slopeY).toBeCloseTo(-20, 1);
  });

  it('is null if the points are on a line', () => {
    expect(fitPlane(points.filter((p) => p.y === 0))).toBeNull();
  });
});
