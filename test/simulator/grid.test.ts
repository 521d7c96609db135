import { describe, expect, it } from 'vitest';
import { type GridPosition, gridPosition, settingsAt, targetDefocusUm } from '../../src/simulator/grid.ts';

const ROUTE = { holesPerSquare: 12, moviesPerHole: 4 };
const positions = (movies: number, seed = 3) =>
  Array.from({ length: movies }, (_, i) => gridPosition(seed, i + 1, ROUTE));
const distanceUm = (a: GridPosition, b: GridPosition) =>
  Math.hypot(a.stageUm[0] - b.stageUm[0], a.stageUm[1] - b.stageUm[1]);

describe('the route over the grid', () => {
  it('visits the exposures of a hole, then the next hole, then the next square', () => {
    const all = positions(2 * 12 * 4);
    expect(all.map(({ exposure }) => exposure).slice(0, 6)).toEqual([0, 1, 2, 3, 0, 1]);
    expect(all[47]).toMatchObject({ square: 0, hole: 11, exposure: 3 });
    expect(all[48]).toMatchObject({ square: 1, hole: 12, exposure: 0 });
    expect(gridPosition(3, 49, ROUTE)).toEqual(all[48]);
  });

  it('keeps the stage at the centre of a hole, and reaches the exposures around it by beam shift', () => {
    const [first, ...rest] = positions(4);
    for (const exposure of rest) expect(exposure.stageUm).toEqual(first!.stageUm);
    const sum = [first!, ...rest]
      .map(({ beamShift }) => beamShift)
      .reduce((a, b) => [a[0] + b[0], a[1] + b[1]]);
    expect(Math.hypot(...sum)).toBeLessThan(1e-12);
    expect(new Set([first!, ...rest].map(({ beamShift }) => beamShift.join())).size).toBe(4);
  });

  it('visits holes on a lattice of 2.5 um, each hole only once, and squares 125 um apart', () => {
    const holes = positions(3 * 48).filter(({ exposure }) => exposure === 0);
    const holesOfSquare = holes.filter(({ square }) => square === 1);
    for (const hole of holesOfSquare) {
      const nearest = Math.min(
        ...holesOfSquare.filter((other) => other !== hole).map((other) => distanceUm(hole, other)),
      );
      expect(nearest).toBeGreaterThan(2);
      expect(nearest).toBeLessThan(2.5 * Math.SQRT2 + 1);
    }
    for (const hole of holesOfSquare)
      for (const other of holes.filter(({ square }) => square !== 1))
        expect(distanceUm(hole, other)).toBeGreaterThan(80);
  });

  it('has target defoci within the range, and actual defoci that differ from them but stay within the range', () => {
    const range = { defocusRangeUm: [0.8, 2] } as const;
    const targets = positions(5 * 4).map((position) => targetDefocusUm(position, range));
    expect([...new Set(targets)].sort()).toEqual([0.8, 1.1, 1.4, 1.7, 2]);
    for (const position of positions(96)) {
      const [low, high] = settingsAt(position, range).defocusRangeUm;
      expect(low).toBe(high);
      expect(low).toBeGreaterThanOrEqual(0.8);
      expect(low).toBeLessThanOrEqual(2);
    }
    const errors = positions(96).map((position) => position.defocusErrorUm);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.6);
    expect(new Set(errors).size).toBe(96);
  });
});
