import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf } from '../../base/errors.ts';
import { ownActivity } from './own-activity.ts';

/** Sizes and times of the files of a session, and warnings about those that cannot be read now. */
export class FileStatuses {
  private readonly raw: string;
  private readonly readErrors = new Map<string, string>();

  constructor(raw: string) {
    this.raw = raw;
  }

  get warnings(): string[] {
    const [first] = this.readErrors.values();
    if (first === undefined) return [];
    const others = this.readErrors.size - 1;
    return [others === 0 ? first : `${first}, and ${others} more`];
  }

  /**
   * undefined: the file no longer exists. null: it cannot be read at the moment, and there is a warning.
   * @param path - relative to raw
   */
  statusOf(path: string): Stats | undefined | null {
    ownActivity.advance();
    try {
      const status = statSync(join(this.raw, path), { throwIfNoEntry: false });
      this.readErrors.delete(path);
      return status;
    } catch (error) {
      this.readErrors.set(path, `${path} cannot be read (${errorCodeOf(error)})`);
      return null;
    }
  }

  /** Called when a file no longer belongs to the session. */
  forget(path: string): void {
    this.readErrors.delete(path);
  }
}
