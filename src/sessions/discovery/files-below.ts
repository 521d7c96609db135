import type { SkipReason } from '../../contract/skipped.ts';
import type { LinkBounds } from './link-rules.ts';
import { Tree } from './tree.ts';

export interface RefusedEntry {
  readonly path: string;
  readonly reason: SkipReason;
  readonly isFolder: boolean;
}

/**
 * Paths, relative to raw, of all files that a scan of the session finds, and of entries that cannot be used.
 * Empty if raw cannot be read.
 * @param isMovieName - whether a name is that of a movie; a link to a movie in raw is not listed, because the
 * movie itself is listed
 */
export function filesBelow(
  bounds: LinkBounds,
  isMovieName: (fileName: string) => boolean,
): { files: string[]; refused: RefusedEntry[] } {
  const files: string[] = [];
  const refused: RefusedEntry[] = [];
  const tree = new Tree(bounds, {
    onFound: (path) => files.push(path),
    onRemoved: () => undefined,
    onRefused: (path, reason, isFolder) => refused.push({ path, reason, isFolder }),
    isMovieName,
  });
  tree.scan(0, 'full');
  return { files: files.sort(), refused };
}
