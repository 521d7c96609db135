import type { SessionSummary } from '../../contract/api.ts';
import type { SessionLogger } from '../context.ts';
import { type UnusableFolder, unusableText } from '../discovery/find-sessions.ts';

/**
 * Folders at the position of a project, user or session folder that cannot be used as one: logged when they
 * appear, shown in lists.
 */
export class UnusableFolders {
  private readonly logger: SessionLogger;
  private folders: readonly UnusableFolder[] = [];

  constructor(logger: SessionLogger) {
    this.logger = logger;
  }

  /** Applies the result of a scan of the session directory. */
  apply(folders: readonly UnusableFolder[]): void {
    const known = new Set(this.folders.map(({ path }) => path));
    this.folders = folders;
    for (const folder of folders)
      if (!known.has(folder.path))
        this.logger.warn({ folder: folder.path }, `cannot be used: ${folder.path}. ${unusableText(folder)}`);
  }

  /** Session folders that cannot be used, as they are shown in the list of all sessions. */
  summaries(): SessionSummary[] {
    return this.folders.flatMap((folder) =>
      folder.key === null || folder.reason !== 'name'
        ? []
        : {
            ...folder.key,
            state: 'unknown' as const,
            reason: unusableText(folder),
            counts: { arriving: 0, waiting: 0, queued: 0, done: 0, failed: 0, total: 0 },
            skipped: [],
            cycle: null,
            ratePerHour: null,
            arrivalsPerHour: null,
            secondsLeft: null,
            behindSince: null,
            lastMovieAt: null,
            lastResultAt: null,
            warnings: [unusableText(folder)],
            lastThumbnail: null,
          },
    );
  }
}
