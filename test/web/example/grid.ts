import { createRandom } from '../../../src/base/random.ts';
import type { MovieRow } from '../../../src/contract/api.ts';
import type { Grid, GridHoles } from '../../../src/contract/grid.ts';

const MOVIES_PER_SQUARE = 24;
const MOVIES_PER_HOLE = 4;
const HOLES_PER_ROW = 3;
/** Distance between squares of a 200-mesh grid. */
const PITCH_UM = 127;
/** Distance between neighbouring holes. */
const HOLE_PITCH_UM = 4.5;
/** Distance of each exposure from the centre of its hole. */
const BEAM_SHIFT_UM = 0.6;

const squareName = (index: number) => String(29_273_000 + 37 * index);

/** Squares in rows of three, acquired one after the other. */
export function exampleGrid(rows: readonly MovieRow[]): Grid {
  const squares = Math.ceil(rows.length / MOVIES_PER_SQUARE);
  return {
    squares: Array.from({ length: squares }, (_, i) => {
      const total = rows.slice(i * MOVIES_PER_SQUARE, (i + 1) * MOVIES_PER_SQUARE).length;
      return {
        name: squareName(i),
        total,
        done: total,
        failed: 0,
        holes: Math.ceil(total / MOVIES_PER_HOLE),
        stageUm: { x: PITCH_UM * (i % 3), y: -PITCH_UM * Math.floor(i / 3) + 8 * (i % 2) },
        defocusOffset: { meanUm: 0.06 - 0.04 * i, sdUm: 0.08, movies: total },
      };
    }),
    runs: Array.from({ length: squares }, (_, i) => [
      i * MOVIES_PER_SQUARE + 1,
      Math.min(rows.length, (i + 1) * MOVIES_PER_SQUARE),
      i,
    ]),
    elsewhere: 0,
    isReading: false,
  };
}

/** Holes of the first square, four exposures in each. */
export function exampleHoles(rows: readonly MovieRow[]): GridHoles {
  const random = createRandom(11);
  const movies = rows.slice(0, MOVIES_PER_SQUARE);
  const holes = Array.from({ length: Math.ceil(movies.length / MOVIES_PER_HOLE) }, (_, hole) => ({
    name: String(29_273_600 + hole),
    exposures: movies.slice(hole * MOVIES_PER_HOLE, (hole + 1) * MOVIES_PER_HOLE).map((row, number) => ({
      seq: row.seq,
      base: row.base,
      state: row.state,
      shot: String(number + 1),
      stageUm: {
        x: HOLE_PITCH_UM * (hole % HOLES_PER_ROW),
        y: -HOLE_PITCH_UM * Math.floor(hole / HOLES_PER_ROW),
      },
      shift: [
        BEAM_SHIFT_UM * Math.cos((Math.PI / 2) * number),
        BEAM_SHIFT_UM * Math.sin((Math.PI / 2) * number),
      ] satisfies [number, number],
      targetDefocusUm:
        Math.round(
          (((row.defocusUA ?? 0) + (row.defocusVA ?? 0)) / 2 / 10_000 + 0.07 * random.gaussian()) * 10,
        ) / 10,
    })),
  }));
  return { square: squareName(0), shiftUnit: 'um', holes };
}
