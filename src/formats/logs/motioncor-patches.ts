import { finiteNumber, type LogLocation, type LogReading, logError } from './log-error.ts';

/**
 * One patch: its centre in pixels of `size`, and the shift to apply to it in each frame, in addition to the
 * shift of the whole frame.
 */
interface MotioncorPatch {
  readonly centre: readonly [number, number];
  /** Unbinned pixels; `isBad` if MotionCor did not use the point. */
  readonly points: readonly { readonly shift: readonly [number, number]; readonly isBad: boolean }[];
}

export interface MotioncorPatches {
  /** Size of the frame; centres are given in its pixels. */
  readonly size: readonly [width: number, height: number];
  readonly patches: readonly MotioncorPatch[];
}

/**
 * Frame, centre x and y, shift x and y; then a flag for bad points or, in earlier versions, the fitted shift.
 */
const MIN_COLUMNS = 5;
const COLUMNS_WITH_FLAG = 6;

/**
 * Reads `X-Patch-Patch.log` (frame by frame within each patch) or `X-Patch-Frame.log` (patch by patch within
 * each frame); both contain the same rows.
 * @throws CodedError PROGRAM_FAILED if a row cannot be parsed (with its line), or patches or frames are
 * missing
 */
export function parseMotioncorPatches(
  text: string,
  file: string,
  frames: number,
): LogReading<MotioncorPatches> {
  const head: Head = { size: null, patchCount: null };
  const byCentre = new Map<string, MutablePatch>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const location = { file, line: index + 1 };
    if (line.startsWith('#')) readComment(line, location, head);
    else if (line !== '') addRow(parseRow(line, location), location, byCentre);
  }
  const patches = [...byCentre.values()];
  if (patches.length === 0) throw logError({ file }, 'it has no patches', 'rows of numbers', 'none');
  const { size, patchCount } = head;
  if (size === null || !(size[0] > 0 && size[1] > 0))
    throw logError({ file }, 'the size of the movie is missing', 'a line "# Movie size: ..."', 'none');
  if (patchCount !== null && patchCount !== patches.length)
    throw logError({ file }, 'patches are missing', `${patchCount}`, `${patches.length}`);
  for (const { centre, points } of patches)
    if (points.length !== frames)
      throw logError(
        { file, field: `patch at ${centre.join(', ')}` },
        'frames are missing or too many',
        `${frames} frames`,
        `${points.length}`,
      );
  return { value: { size, patches }, warnings: [] };
}

/** Values from the comments at the start of the file. */
interface Head {
  size: [width: number, height: number] | null;
  patchCount: number | null;
}

interface MutablePatch {
  readonly centre: readonly [number, number];
  readonly points: MotioncorPatch['points'][number][];
}

interface Row {
  readonly frame: number;
  /** Text of the frame number in the file. */
  readonly frameText: string;
  readonly centre: readonly [number, number];
  readonly shift: readonly [number, number];
  readonly isBad: boolean;
}

function readComment(line: string, location: LogLocation, head: Head): void {
  const movie = /movie size:\s*(\S+)\s+(\S+)/i.exec(line);
  if (movie) head.size = [finiteNumber(movie[1]!, location), finiteNumber(movie[2]!, location)];
  const count = /number of patches:\s*(\d+)/i.exec(line);
  if (count) head.patchCount = Number(count[1]);
}

const COLUMNS = ['frame', 'centre x', 'centre y', 'x shift', 'y shift'] as const;

function parseRow(line: string, location: LogLocation): Row {
  const cells = line.split(/\s+/);
  if (cells.length < MIN_COLUMNS)
    throw logError(location, 'columns are missing', `${MIN_COLUMNS} or more`, `${cells.length}`);
  const numbers = COLUMNS.map((field, i) => finiteNumber(cells[i]!, { ...location, field }));
  const [frame, x, y, dx, dy] = numbers as [number, number, number, number, number];
  const isBad = cells.length === COLUMNS_WITH_FLAG && cells[MIN_COLUMNS] !== '0';
  return { frame, frameText: cells[0]!, centre: [x, y], shift: [dx, dy], isBad };
}

/** Adds a row to its patch. @throws CodedError PROGRAM_FAILED if the frames of a patch are not in order */
function addRow(row: Row, location: LogLocation, byCentre: Map<string, MutablePatch>): void {
  const key = row.centre.join(' ');
  const patch = byCentre.get(key) ?? { centre: row.centre, points: [] };
  byCentre.set(key, patch);
  const expected = patch.points.length + 1;
  if (row.frame !== expected)
    throw logError(location, 'frames of a patch are not in order', `frame ${expected}`, row.frameText);
  patch.points.push({ shift: row.shift, isBad: row.isBad });
}
