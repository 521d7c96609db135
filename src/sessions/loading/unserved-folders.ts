import type { SessionSummary } from '../../contract/api.ts';
import type { SessionLogger } from '../context.ts';
import { type UnservedFolder, unservedText } from '../discovery/find-sessions.ts';

/** Folders that are located like sessions but are not served: logged when they appear, shown in lists. */
export class UnservedFolders {
  private readonly logger: SessionLogger;
  private folders: readonly UnservedFolder[] = [];

  constructor(logger: SessionLogger) {
    this.logger = logger;
  }

  /** Applies the result of a scan of the session directory. */
  apply(folders: readonly UnservedFolder[]): void {
    const known = new Set(this.folders.map(({ path }) => path));
    this.folders = folders;
    for (const folder of folders)
      if (!known.has(folder.path))
        this.logger.warn({ folder: folder.path }, `not served: ${folder.path}. ${unservedText(folder)}`);
  }

  /** Sessions that are not served, as they are shown in the list of all sessions. */
  summaries(): SessionSummary[] {
    return this.folders.flatMap((folder) =>
      folder.key === null || folder.reason !== 'name'
        ? []
        : {
            ...folder.key,
            state: 'unknown' as const,
            reason: unservedText(folder),
            counts: { arriving: 0, waiting: 0, queued: 0, done: 0, failed: 0, total: 0 },
            skipped: [],
            cycle: null,
            ratePerHour: null,
            arrivalsPerHour: null,
            secondsLeft: null,
            behindSince: null,
            lastMovieAt: null,
            lastResultAt: null,
            warnings: [unservedText(folder)],
            lastThumbnail: null,
          },
    );
  }
}
