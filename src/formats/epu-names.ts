/** Position on the grid according to EPU's file names. Null: the names do not contain the value. */
export interface EpuGridPosition {
  readonly gridSquare: string | null;
  readonly hole: string | null;
  /** Number of the exposure position in the hole, `<area>` or `<area>_<n>`. */
  readonly holePosition: string | null;
}

const SQUARE = /(?:^|[/\\])GridSquare_(\d+)(?=[/\\_]|$)/;
/** A second number may follow the area; the date and time are not part of it. */
const HOLE = /FoilHole_(\d+)(?:_Data_(\d+(?:_(?!\d{8}_\d{6}(?!\d))\d+)?))?/;

/**
 * Reads `.../GridSquare_<id>/Data/FoilHole_<hole>_Data_<area>_<n>_<date>_<time>_fractions.tiff`.
 * @param path - path of the movie, with slashes
 */
export function readEpuNames(path: string): EpuGridPosition {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const match = HOLE.exec(file);
  return {
    gridSquare: SQUARE.exec(path)?.[1] ?? null,
    hole: match?.[1] ?? null,
    holePosition: match?.[2] ?? null,
  };
}
