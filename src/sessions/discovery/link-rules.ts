import { realpathSync as realpath, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorCodeOf, hasErrorCode } from '../../base/errors.ts';
import { isInside, realPathIfExists } from '../../base/real-path.ts';

const realpathSync = realpath.native;

/** Folders next to raw in a session; files in them are never movies. */
const OUTPUT_FOLDERS = ['processed', 'workflow'];

/** Where links in raw may point. */
export interface LinkBounds {
  readonly raw: string;
  /** Folder of the session. */
  readonly root: string;
  /** Other folders, see `follow_links_to` in the config file; absolute. */
  readonly linkRoots?: readonly string[];
}

/**
 * Target of a link. Only links to a `file` or a `folder` are followed. `alias`: the target is listed anyway.
 * `ancestor`: a folder that contains raw or the target of a followed link. `broken`: the target is missing or
 * cannot be resolved.
 */
type LinkTarget =
  | { readonly kind: 'file' | 'alias' | 'ancestor' | 'not_a_file' }
  | { readonly kind: 'outside' | 'output'; readonly isFolder: boolean }
  | { readonly kind: 'folder'; readonly real: string }
  | { readonly kind: 'broken'; readonly code: string | null };

/** Decides whether symbolic links are followed, by their real paths, which are resolved each time. */
export class LinkRules {
  private readonly bounds: LinkBounds;
  private readonly isMovieName: (name: string) => boolean;

  /** @param isMovieName - whether a file of this name is listed as a movie itself */
  constructor(bounds: LinkBounds, isMovieName: (name: string) => boolean) {
    this.bounds = bounds;
    this.isMovieName = isMovieName;
  }

  /**
   * Why raw cannot be used; null if it can.
   * @param shouldResolveLinks - also resolve links, which takes a system call for each folder of the path
   */
  rawProblem(shouldResolveLinks: boolean): string | null {
    const { raw } = this.bounds;
    try {
      if (!statSync(raw).isDirectory()) return 'raw is not a directory';
      if (!shouldResolveLinks) return null;
      const real = realpathSync(raw);
      if (!this.isAllowed(real)) return 'raw is a symbolic link that points outside the session';
      return this.isOutput(real) ? 'raw is a link to the outputs' : null;
    } catch (error) {
      return `raw cannot be read (${errorCodeOf(error)})`;
    }
  }

  /** @param followed - real paths of the folders to which followed links point, also of links above `path` */
  targetOf(path: string, followed: readonly string[]): LinkTarget {
    const { raw, root } = this.bounds;
    try {
      const real = realpathSync(join(raw, path));
      const top = realpathSync(raw);
      const isFolder = statSync(real).isDirectory();
      if ([top, ...followed].some((folder) => isInside(folder, real)))
        return { kind: isFolder || this.isMovieName(basename(real)) ? 'alias' : 'file' };
      if (this.isOutput(real)) return { kind: 'output', isFolder };
      if (isFolder && isInside(real, top) && isInside(realpathSync(root), real)) return { kind: 'alias' };
      if (!this.isAllowed(real)) return { kind: 'outside', isFolder };
      if (!isFolder) return { kind: statSync(real).isFile() ? 'file' : 'not_a_file' };
      const isAncestor = [top, ...followed].some((folder) => isInside(real, folder));
      return isAncestor ? { kind: 'ancestor' } : { kind: 'folder', real };
    } catch (error) {
      return { kind: 'broken', code: hasErrorCode(error, 'ENOENT') ? null : errorCodeOf(error) };
    }
  }

  private isAllowed(real: string): boolean {
    return realFoldersOf(this.bounds).some((folder) => isInside(folder, real));
  }

  /** Output files of this service are never treated as movies, even if they are reached through a link. */
  private isOutput(real: string): boolean {
    const root = realpathSync(this.bounds.root);
    return OUTPUT_FOLDERS.some((name) => isInside(join(root, name), real));
  }
}

/** Real paths of the folders in which the files of a session may be. */
export const realFoldersOf = ({ root, linkRoots = [] }: Pick<LinkBounds, 'root' | 'linkRoots'>): string[] => [
  realPathIfExists(root) ?? root,
  ...linkRoots.flatMap((path) => realPathIfExists(path) ?? []),
];
