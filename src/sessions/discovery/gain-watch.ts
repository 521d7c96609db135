import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { GAIN_NAMES, SERIALEM_GAIN_NAME } from './patterns.ts';

interface Candidate {
  sizeBytes: number;
  mtimeMs: number;
  unchangedSinceMs: number;
  isReady: boolean;
}

/**
 * Watches for gain references, because microscopes often write them after the start of a session. Like a
 * movie, a gain reference is ready once it is complete and has not changed for `quietMs`; it becomes ready
 * again after it was replaced.
 */
export class GainWatch {
  private readonly raw: string;
  private readonly quietMs: number;
  private readonly isComplete: (path: string) => Promise<boolean>;
  private readonly candidates = new Map<string, Candidate>();

  constructor(raw: string, quietMs: number, isComplete: (path: string) => Promise<boolean>) {
    this.raw = raw;
    this.quietMs = quietMs;
    this.isComplete = isComplete;
  }

  /** Adds a file in raw if it is a gain reference according to its name. @param path - relative to raw */
  addFile(path: string, name: string): void {
    if ([...GAIN_NAMES, SERIALEM_GAIN_NAME].some((pattern) => pattern.test(name)))
      this.candidates.set(path, { sizeBytes: -1, mtimeMs: -1, unchangedSinceMs: 0, isReady: false });
  }

  /** Absolute paths of gain references that became ready since the last scan. */
  async scan(nowMs: number): Promise<string[]> {
    const readyPaths: string[] = [];
    for (const [path, candidate] of this.candidates) {
      const absolutePath = join(this.raw, path);
      const status = statusOf(absolutePath);
      if (status === undefined) this.candidates.delete(path);
      if (!status) continue;
      const { size: sizeBytes, mtimeMs } = status;
      if (sizeBytes !== candidate.sizeBytes || mtimeMs !== candidate.mtimeMs)
        Object.assign(candidate, { sizeBytes, mtimeMs, unchangedSinceMs: nowMs, isReady: false });
      else if (!candidate.isReady && nowMs - candidate.unchangedSinceMs >= this.quietMs) {
        candidate.isReady = await this.isComplete(absolutePath);
        if (candidate.isReady) readyPaths.push(absolutePath);
      }
    }
    return readyPaths;
  }
}

/** undefined: the file no longer exists. null: it cannot be read now; the next scan tries again. */
function statusOf(path: string): Stats | undefined | null {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return null; // the error is reported when the gain is read
  }
}
