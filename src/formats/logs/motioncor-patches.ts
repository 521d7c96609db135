import { finiteNumber, type LogReading, logFault } from './fault.ts';

/**
 * One patch: its centre, pixels of `size`, and its shift to apply in each frame beyond that of the whole
 * frame.
 */
interface MotioncorPatch {
  readonly centre: readonly [number, number];
  /** Unbinned pixels; `isBad` where MotionCor did not use the point. */
  readonly points: readonly { readonly shift: readonly [number, number]; readonly isBad: boolean }[];
}

export interface MotioncorPatches {
  /** Of the frame, in whose pixels the centres are given. */
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
 * each frame); both hold the same rows.
 * @throws CodedError PROGRAM_FAILED with the line where a row is not understood; where patches or frames are
 * missing
 */
export function parseMotioncorPatches(
  text: string,
  file: string,
  frames: number,
): LogReading<MotioncorPatches> {
  let size: [number, number] | null = null;
  let announced: number | null = null;
  const byCentre = new Map<string, { centre: [number, number]; points: Point[] }>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const place = { file, line: index + 1 };
    if (line === '') continue;
    if (line.startsWith('#')) {
      const movie = /movie size:\s*(\S+)\s+(\S+)/i.exec(line);
      if (movie) size = [finiteNumber(movie[1]!, place), finiteNumber(movie[2]!, place)];
      const count = /number of patches:\s*(\d+)/i.exec(line);
      if (count) announced = Number(count[1]);
      continue;
    }
    const cells = line.split(/\s+/);
    if (cells.length < MIN_COLUMNS)
      throw logFault(place, 'columns are missing', `${MIN_COLUMNS} or more`, `${cells.length}`);
    const [frame, x, y, dx, dy] = cells
      .slice(0, MIN_COLUMNS)
      .map((cell, i) => finiteNumber(cell, { ...place, field: COLUMNS[i]! })) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const isBad = cells.length === COLUMNS_WITH_FLAG && cells[MIN_COLUMNS] !== '0';
    const key = `${x} ${y}`;
    const patch = byCentre.get(key) ?? { centre: [x, y], points: [] };
    byCentre.set(key, patch);
    if (frame !== patch.points.length + 1)
      throw logFault(
        place,
        'frames of a patch are not in order',
        `frame ${patch.points.length + 1}`,
        cells[0]!,
      );
    patch.points.push({ shift: [dx, dy], isBad });
  }
  const patches = [...byCentre.values()];
  if (patches.length === 0) throw logFault({ file }, 'it has no patches', 'rows of numbers', 'none');
  if (size === null || !(size[0] > 0 && size[1] > 0))
    throw logFault({ file }, 'the size of the movie is missing', 'a line "# Movie size: ..."', 'none');
  if (announced !== null && announced !== patches.length)
    throw logFault({ file }, 'patches are missing', `${announced}`, `${patches.length}`);
  for (const { centre, points } of patches)
    if (points.length !== frames)
      throw logFault(
        { file, field: `patch at ${centre.join(', ')}` },
        'frames are missing or too many',
        `${frames} frames`,
        `${points.length}`,
      );
  return { value: { size, patches }, warnings: [] };
}

type Point = MotioncorPatch['points'][number];
const COLUMNS = ['frame', 'centre x', 'centre y', 'x shift', 'y shift'] as const;
