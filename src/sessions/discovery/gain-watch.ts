import { statSync } from 'node:fs';
import { join } from 'node:path';
import { GAIN_NAMES } from './patterns.ts';

interface Candidate {
  sizeBytes: number;
  mtimeMs: number;
  unchangedSinceMs: number;
}

/**
 * Gain references that arrive while a session is watched: often the microscope writes them after the start. One counts
 * once it is complete and has been quiet, as a movie does.
 */
export class GainWatch {
  private readonly raw: string;
  private readonly quietMs: number;
  private readonly isComplete: (path: string) => Promise<boolean>;
  private readonly arriving = new Map<string, Candidate>();

  constructor(raw: string, quietMs: number, isComplete: (path: string) => Promise<boolean>) {
    this.raw = raw;
    this.quietMs = quietMs;
    this.isComplete = isComplete;
  }

  /** A file was found below raw. @param path - relative to raw */
  found(path: string, name: string): void {
    if (GAIN_NAMES.some((pattern) => pattern.test(name)))
      this.arriving.set(path, { sizeBytes: -1, mtimeMs: -1, unchangedSinceMs: 0 });
  }

  /** Absolute paths of those that became ready since the last look. */
  async look(nowMs: number): Promise<string[]> {
    const ready: string[] = [];
    for (const [path, candidate] of this.arriving) {
      const absolute = join(this.raw, path);
      const status = statSync(absolute, { throwIfNoEntry: false });
      if (!status) this.arriving.delete(path);
      else if (status.size !== candidate.sizeBytes || status.mtimeMs !== candidate.mtimeMs)
        Object.assign(candidate, {
          sizeBytes: status.size,
          mtimeMs: status.mtimeMs,
          unchangedSinceMs: nowMs,
        });
      else if (nowMs - candidate.unchangedSinceMs >= this.quietMs && (await this.isComplete(absolute))) {
        this.arriving.delete(path);
        ready.push(absolute);
      }
    }
    return ready;
  }
}
