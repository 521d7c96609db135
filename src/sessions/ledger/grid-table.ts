import type { DatabaseSync } from 'node:sqlite';
import type { Grid, GridExposure, GridHoles, GridSquare } from '../../contract/grid.ts';
import type { MovieMetadata } from '../../contract/metadata.ts';
import { NO_RINGS_CONFIDENCE } from '../../contract/record.ts';
import { MOVIE_STATES } from '../../contract/states.ts';
import { gridPositionValues, POSITION_COLUMNS } from './grid-position.ts';
import {
  numberOf,
  numberOrNull,
  type SqlRow,
  type SqlValue,
  textOf,
  textOrNull,
  valuesOf,
  wordOf,
  wordOrNull,
} from './sql-values.ts';

const POSITION_ASSIGNMENTS = POSITION_COLUMNS.map((name) => `${name} = ?`).join(', ');
/** Measured minus target defocus, um, of a finished movie with Thon rings. */
const OFFSET = `CASE WHEN state = 'done' AND coalesce(confidence, 1) >= ${NO_RINGS_CONFIDENCE}
    AND max(abs(defocus_u_a), abs(defocus_v_a), abs(target_defocus_um)) < 1e18
  THEN (defocus_u_a + defocus_v_a) / 2e4 - target_defocus_um END`;

const SHIFT_UNITS = ['um', 'program'] as const;

type SquareRange = Grid['runs'][number];

/** A movie whose position must be determined. */
export interface MovieToLocate {
  readonly seq: number;
  readonly base: string;
  readonly path: string;
  readonly hasRecord: boolean;
}

/** Positions on the grid at which the movies of a session were recorded. */
export class GridTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    this.statements = {
      // Grouped by hole first: this follows the index and needs no sorting.
      squares: db.prepare(
        `SELECT grid_square, count(hole) AS holes, sum(n) AS n, sum(done) AS done, sum(failed) AS failed,
           min(first) AS first, max(last) AS last, sum(x) / sum(placed) AS x, sum(y) / sum(placed) AS y,
           sum(with_offset) AS with_offset, sum(offset) AS offset, sum(offset_square) AS offset_square
          FROM (SELECT grid_square, hole, count(*) AS n, sum(state = 'done') AS done,
              sum(state = 'failed') AS failed, min(seq) AS first, max(seq) AS last, count(stage_x_um) AS placed,
              sum(stage_x_um) AS x, sum(stage_y_um) AS y, count(offset) AS with_offset, sum(offset) AS offset,
              sum(offset * offset) AS offset_square
             FROM (SELECT *, ${OFFSET} AS offset FROM movies WHERE session_id = ? AND grid_square IS NOT NULL)
            GROUP BY grid_square, hole)
          GROUP BY grid_square ORDER BY min(first)`,
      ),
      count: db.prepare('SELECT sum(n) AS n FROM counts WHERE session_id = ?'),
      inOrder: db.prepare('SELECT seq, grid_square FROM movies WHERE session_id = ? ORDER BY seq'),
      ofSquare: db.prepare(
        `SELECT seq, base, state, hole, shot, stage_x_um, stage_y_um, shift_x, shift_y, shift_unit, target_defocus_um
          FROM movies WHERE session_id = ? AND grid_square = ? ORDER BY seq`,
      ),
      moviesAfter: db.prepare(
        `SELECT seq, base, path, hashes IS NOT NULL AS has_record FROM movies
          WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
      ),
      setPosition: db.prepare(`UPDATE movies SET ${POSITION_ASSIGNMENTS} WHERE seq = ?`),
    };
    this.statements.inOrder.setReturnArrays(true);
  }

  /** Squares in the order in which they were begun, with the movies of each square. */
  overview(sessionId: number): Omit<Grid, 'isReading'> {
    const rows = this.statements.squares.all(sessionId);
    const squares = rows.map((row) => ({
      name: textOf(row.grid_square),
      total: numberOf(row.n),
      done: numberOf(row.done),
      failed: numberOf(row.failed),
      holes: numberOf(row.holes),
      stageUm: pointOf(row.x, row.y),
      defocusOffset: offsetOf(row),
    }));
    const all = numberOrNull(this.statements.count.get(sessionId)?.n ?? null) ?? 0;
    const withoutSquare = all - squares.reduce((sum, { total }) => sum + total, 0);
    const spans = rows.map((row, index): SquareRange => [numberOf(row.first), numberOf(row.last), index]);
    // Usually the microscope completes one square before the next.
    const isSquareBySquare =
      withoutSquare === 0 &&
      spans.every(([first], i) => first > (spans[i - 1]?.[1] ?? Number.NEGATIVE_INFINITY));
    return {
      squares,
      runs: isSquareBySquare ? spans : this.rangesOf(sessionId, squares),
      elsewhere: withoutSquare,
    };
  }

  /** Ranges of consecutive movies, in the order of discovery, that are in the same square. */
  private rangesOf(sessionId: number, squares: readonly GridSquare[]): SquareRange[] {
    const indices = new Map<string | null, number>(squares.map(({ name }, index) => [name, index]));
    const ranges: SquareRange[] = [];
    let previousSquare: number | undefined;
    for (const row of this.statements.inOrder.all(sessionId)) {
      const [first, name] = valuesOf(row);
      const seq = numberOf(first);
      const square = indices.get(textOrNull(name));
      const last = ranges.at(-1);
      if (last && square !== undefined && square === previousSquare) last[1] = seq;
      else if (square !== undefined) ranges.push([seq, seq, square]);
      previousSquare = square;
    }
    return ranges;
  }

  holes(sessionId: number, square: string): GridHoles {
    const holes = new Map<string | null, GridExposure[]>();
    let shiftUnit: GridHoles['shiftUnit'] = null;
    for (const row of this.statements.ofSquare.all(sessionId, square)) {
      const hole = textOrNull(row.hole);
      const exposures = holes.get(hole) ?? [];
      holes.set(hole, exposures);
      shiftUnit ??= wordOrNull(SHIFT_UNITS, row.shift_unit);
      exposures.push({
        seq: numberOf(row.seq),
        base: textOf(row.base),
        state: wordOf(MOVIE_STATES, row.state),
        shot: textOrNull(row.shot),
        stageUm: pointOf(row.stage_x_um, row.stage_y_um),
        shift: row.shift_unit === null ? null : [numberOf(row.shift_x), numberOf(row.shift_y)],
        targetDefocusUm: numberOrNull(row.target_defocus_um),
      });
    }
    return { square, shiftUnit, holes: [...holes].map(([name, exposures]) => ({ name, exposures })) };
  }

  /** Movies after `seq` whose positions must be determined, in the order of discovery. */
  moviesAfter(sessionId: number, seq: number, limit: number): MovieToLocate[] {
    return this.statements.moviesAfter.all(sessionId, seq, limit).map((row) => ({
      seq: numberOf(row.seq),
      base: textOf(row.base),
      path: textOf(row.path),
      hasRecord: row.has_record === 1,
    }));
  }

  setPosition(seq: number, path: string, metadata: MovieMetadata | undefined): void {
    this.statements.setPosition.run(...gridPositionValues(path, metadata), seq);
  }
}

/** An earlier version may have stored numbers in the ledger whose sum is not finite. */
const pointOf = (x: SqlValue | undefined, y: SqlValue | undefined) =>
  Number.isFinite(x) && Number.isFinite(y) ? { x: numberOf(x), y: numberOf(y) } : null;

function offsetOf(row: SqlRow): GridSquare['defocusOffset'] {
  const movies = numberOf(row.with_offset);
  if (movies === 0) return null;
  const meanUm = numberOf(row.offset) / movies;
  const variance = (numberOf(row.offset_square) - movies * meanUm * meanUm) / Math.max(1, movies - 1);
  return { meanUm, sdUm: movies < 2 ? null : Math.sqrt(Math.max(0, variance)), movies };
}
