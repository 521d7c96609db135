import { describe, expect, it } from 'vitest';
import type { GridExposure, GridHoles } from '../../../src/contract/grid.ts';
import { type HolesLayout, layOutHoles } from '../../../web/src/grid/holes-layout.ts';
import { typicalDistance } from '../../../web/src/grid/points.ts';
import { fitPoints, neighbour } from '../../../web/src/plots/view-box.ts';

let seq = 0;
const exposure = (stage: [number, number] | null, shift: [number, number] | null = null): GridExposure => ({
  seq: ++seq,
  base: `m${seq}`,
  state: 'done',
  shot: null,
  targetDefocusUm: null,
  shift,
  stageUm: stage && { x: stage[0], y: stage[1] },
});
const square = (shiftUnit: GridHoles['shiftUnit'], ...holes: GridExposure[][]): GridHoles => ({
  square: '1',
  shiftUnit,
  holes: holes.map((exposures, i) => ({ name: String(i), exposures })),
});
const positions = ({ holes }: HolesLayout) => holes.map(({ x, y }) => [x, y]);
const offsets = ({ holes }: HolesLayout, hole: number) =>
  holes[hole]!.exposures.map(({ x, y }) => [x - holes[hole]!.x, y - holes[hole]!.y] as const);
const SHIFTS = [
  [0.01, 0],
  [0, 0.01],
  [-0.01, 0],
  [0, -0.01],
] as const;

describe('layout of holes', () => {
  it('arranges holes row by row in acquisition order if only names are known', () => {
    const layout = layOutHoles(
      square(null, ...Array.from({ length: 7 }, () => [exposure(null), exposure(null)])),
    );
    expect(layout.basis).toBe('names');
    expect(positions(layout).map(([x, y]) => [x, y! + 0])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
      [0, -1],
      [1, -1],
      [2, -1],
    ]);
    for (const [x, y] of offsets(layout, 3)) expect(Math.hypot(x, y)).toBeLessThan(layout.radius);
  });

  it('puts holes at their stage positions; shifts in an unknown unit are scaled to stay within the hole', () => {
    const holeAt = (x: number, y: number) => SHIFTS.map((shift) => exposure([x, y], [...shift]));
    const layout = layOutHoles(square('program', holeAt(100, 50), holeAt(102.5, 50), holeAt(100, 52.5)));
    expect(layout.basis).toBe('scaled');
    expect(positions(layout)).toEqual(
      [
        [100, 50],
        [102.5, 50],
        [100, 52.5],
      ].map((p) => p.map((n) => expect.closeTo(n, 9))),
    );
    const [right, up, left] = offsets(layout, 1);
    expect(right![0]).toBeGreaterThan(0.2);
    expect(right![0]).toBeLessThan(layout.radius);
    expect([left![0], up![1]]).toEqual([expect.closeTo(-right![0], 9), expect.closeTo(right![0], 9)]);
    expect(layout.radius).toBeLessThan(1.25);
  });

  it('arranges holes around the stage position by beam shift if they share one position', () => {
    const cluster = (x: number) =>
      [
        [-0.1, 0],
        [0, 0],
        [0.1, 0],
      ].map(([dx]) => [exposure([x, 0], [dx!, 0.002]), exposure([x, 0], [dx!, -0.002])]);
    const layout = layOutHoles(square('program', ...cluster(0), ...cluster(7.5)));
    expect(layout.basis).toBe('scaled');
    const xs = layout.holes.map(({ x }) => x);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(xs[1]).toBeCloseTo(0, 9);
    expect(xs[4]).toBeCloseTo(7.5, 9);
    expect(xs[2]! - xs[1]!).toBeCloseTo(xs[1]! - xs[0]!, 9);
    expect(xs[3]! - xs[2]!).toBeGreaterThan(0.5);
  });

  it('adds stage position and shift if both are in micrometres', () => {
    const layout = layOutHoles(
      square(
        'um',
        [exposure([10, 20], [-3, 1]), exposure([10, 20], [-2.4, 1])],
        [exposure([10, 20], [3, 1])],
      ),
    );
    expect(layout.basis).toBe('shift');
    expect(positions(layout)).toEqual([
      [expect.closeTo(7.3, 9), 21],
      [13, 21],
    ]);
    expect(offsets(layout, 0).map(([x]) => x)).toEqual([expect.closeTo(-0.3, 9), expect.closeTo(0.3, 9)]);
  });

  it('arranges exposures around their hole without overlap if there are no shifts', () => {
    const layout = layOutHoles(
      square(null, [exposure([0, 0]), exposure([0, 0]), exposure([0, 0])], [exposure([3, 0])]),
    );
    expect(layout.basis).toBe('stage');
    expect(typicalDistance(layout.holes[0]!.exposures)).toBeGreaterThan(0.3);
    expect(offsets(layout, 1)).toEqual([[0, 0]]);
  });

  it('omits a hole without a position if others have one, and counts its movies', () => {
    const layout = layOutHoles(
      square(null, [exposure([0, 0])], [exposure(null), exposure(null)], [exposure([3, 0])]),
    );
    expect(layout.holes.map(({ name }) => name)).toEqual(['0', '2']);
    expect(layout.unplaced).toBe(2);
  });

  it('puts a movie without a position where the same exposure is in other holes, and does not move other movies', () => {
    const hole = (x: number, y: number, hasAllPositions: boolean) =>
      SHIFTS.map(([dx, dy], i) => ({
        ...(hasAllPositions || i > 0 ? exposure([x, y], [dx, dy]) : exposure(null)),
        shot: `7_${i}`,
      }));
    const layout = layOutHoles(square('program', hole(0, 0, true), hole(2.5, 0, false), hole(0, 2.5, true)));
    for (const [i, [x, y]] of offsets(layout, 1).entries()) {
      expect(x).toBeCloseTo(offsets(layout, 0)[i]![0], 1);
      expect(y).toBeCloseTo(offsets(layout, 0)[i]![1], 1);
    }
    expect(positions(layout)[1]).toEqual([expect.closeTo(2.5, 9), expect.closeTo(0, 9)]);
  });

  it('puts a movie without a position into its hole', () => {
    const layout = layOutHoles(
      square(
        'program',
        [exposure([0, 0], [0.01, 0]), exposure(null), exposure([0, 0], [-0.01, 0])],
        [exposure([3, 0], [0, 0])],
      ),
    );
    expect(layout.unplaced).toBe(0);
    const [x, y] = offsets(layout, 0)[1]!;
    expect(Math.hypot(x, y)).toBeLessThan(layout.radius);
  });

  it('is finite for one hole with one movie', () => {
    for (const unit of ['um', 'program', null] as const) {
      const layout = layOutHoles(square(unit, [exposure([5, 5], unit && [0, 0])]));
      expect(layout.radius).toBeGreaterThan(0);
      expect(positions(layout)).toEqual([[5, 5]]);
    }
  });
});

describe('the map', () => {
  it('has the same scale along x and y, y upwards, and contains all points', () => {
    const box = fitPoints(
      [
        { x: 0, y: 0 },
        { x: 10, y: 2 },
      ],
      600,
      1,
      [100, 400],
      1000,
    );
    expect(box.pxPerUnit).toBe(50);
    expect(box.height).toBe(200);
    expect([box.x(0), box.x(10)]).toEqual([50, 550]);
    expect(box.y(2)).toBeLessThan(box.y(0));
    expect(box.y(0)).toBe(150);
    expect(fitPoints([{ x: 3, y: 3 }], 600, 1, [100, 400], 40)).toMatchObject({ pxPerUnit: 40, height: 100 });
  });

  it('goes to the nearest exposure in the direction of an arrow key', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 1 },
      { x: 12, y: 30 },
      { x: 0, y: 20 },
      { x: 25, y: 0 },
    ];
    expect(neighbour(points, 0, [1, 0])).toBe(1);
    expect(neighbour(points, 1, [1, 0])).toBe(4);
    expect(neighbour(points, 0, [0, 1])).toBe(3);
    expect(neighbour(points, 0, [0, -1])).toBe(-1);
    expect(neighbour(points, -1, [0, 1])).toBe(0);
    expect(neighbour([], -1, [0, 1])).toBe(-1);
  });
});
