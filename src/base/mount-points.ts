import { readFileSync } from 'node:fs';
import { systemClock } from './clock.ts';
import { isInside } from './real-path.ts';

const MOUNTS = '/proc/self/mountinfo';
/** The list is read again after this time, ms. The kernel generates it without access to the file systems. */
const MAX_AGE_MS = 10_000;
/** Index of the mount point in a line: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
const MOUNT_POINT = 4;

let cached: { readonly points: readonly string[]; readonly readMs: number } | null = null;

/** The mount point of the file system of a path, from the path alone; `/` if it is not known. */
export function mountPointOf(path: string): string {
  const nowMs = systemClock.monotonicMs();
  if (cached === null || nowMs - cached.readMs > MAX_AGE_MS)
    cached = { points: mountPoints(), readMs: nowMs };
  let longest = '/';
  for (const point of cached.points)
    if (point.length > longest.length && isInside(point, path)) longest = point;
  return longest;
}

function mountPoints(): string[] {
  try {
    const lines = readFileSync(MOUNTS, 'utf8').split('\n');
    return lines.flatMap((line) => line.split(' ')[MOUNT_POINT] ?? []).map(decodeEscapes);
  } catch {
    return []; // not Linux
  }
}

/** Decodes spaces, tabs, newlines and backslashes, which are written as octal numbers. */
const decodeEscapes = (point: string): string =>
  point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
