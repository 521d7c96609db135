import { finiteNumber, type LogReading, logFault } from './fault.ts';

/** One patch: its centre, pixels of `size`, and its shift to apply in each frame beyond that of the whole frame. */
export interface MotioncorPatch {
  readonly centre: readonly [number, number];
  /** Unbinned pixels; `isBad` where MotionCor itself left the point out. */
  readonly points: readonly { readonly shift: readonly [number, number]; readonly isBad: boolean }[];
}

export interface MotioncorPatches {
  /** Of the frame in whose pixels the centres are. */
  readonly size: readonly [width: number, height: number];
  readonly patches: readonly MotioncorPatch[];
}

/** frame, centre x, centre y, shift x, shift y; then whether it is bad, or, in earlier versions, the fitted shift. */
const LEAST_COLUMNS = 5;
const WITH_FLAG = 6;

/**
 * Reads `X-Patch-Patch.log` (frame by frame within each patch) or `X-Patch-Frame.log` (patch by patch within each frame); both hold the
 * same rows.
 * @throws CodedError PROGRAM_FAILED with the line where a row is not understood; where patches or frames are missing
 */
export function parseMotioncorPatches(
  text: string,
  file: string,
  frames: number,
): LogReading<MotioncorPatches> {
  let size: [number, number] | null = null;
  let promised: number | null = null;
  const byCentre = new Map<string, { centre: [number, number]; points: Point[] }>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const place = { file, line: index + 1 };
    if (line === '') continue;
    if (line.startsWith('#')) {
      const movie = /movie size:\s*(\S+)\s+(\S+)/i.exec(line);
      if (movie) size = [finiteNumber(movie[1]!, place), finiteNumber(movie[2]!, place)];
      const count = /number of patches:\s*(\d+)/i.exec(line);
      if (count) promised = Number(count[1]);
      continue;
    }
    const cells = line.split(/\s+/);
    if (cells.length < LEAST_COLUMNS)
      throw logFault(place, 'columns are missing', `${LEAST_COLUMNS} or more`, `${cells.length}`);
    const [frame, x, y, dx, dy] = cells
      .slice(0, LEAST_COLUMNS)
      .map((cell, i) => finiteNumber(cell, { ...place, field: COLUMNS[i]! })) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const isBad = cells.length === WITH_FLAG && cells[LEAST_COLUMNS] !== '0';
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
  if (patches.length === 0) throw logFault({ file }, 'it holds no patches', 'rows of numbers', 'none');
  if (size === null || !(size[0] > 0 && size[1] > 0))
    throw logFault({ file }, 'the size of the movie is missing', 'a line "# Movie size: ..."', 'none');
  if (promised !== null && promised !== patches.length)
    throw logFault({ file }, 'patches are missing', `${promised}`, `${patches.length}`);
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
