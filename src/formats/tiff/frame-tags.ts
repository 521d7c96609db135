import { CodedError, type ErrorCode } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { MAX_AXIS_PIXELS } from '../limits.ts';
import { readValues, type TiffDirectory, type TiffEntry, type TiffKind } from './directory.ts';
import { TAG } from './tags.ts';

type TagName = keyof typeof TAG;

/** The tags of one image by name. A missing or impossible value causes an error with the name of its tag. */
export class FrameTags {
  readonly #file: InputFile;
  readonly #kind: TiffKind;
  readonly #directory: TiffDirectory;

  constructor(file: InputFile, kind: TiffKind, directory: TiffDirectory) {
    this.#file = file;
    this.#kind = kind;
    this.#directory = directory;
  }

  has(name: TagName): boolean {
    return this.#entryOf(name) !== undefined;
  }

  /** The first value. @throws CodedError MOVIE_CORRUPT if there is neither a value nor a fallback */
  number(name: TagName, fallback?: number): number {
    const entry = this.#entryOf(name);
    const value = entry && entry.count > 0 ? readValues(this.#file, this.#kind, entry, 1)[0] : fallback;
    if (value === undefined) throw this.error('MOVIE_CORRUPT', name, 'a value', 'none');
    return value;
  }

  /** A number of pixels. @throws CodedError MOVIE_CORRUPT */
  lengthPx(name: TagName): number {
    const value = this.number(name);
    if (!Number.isInteger(value) || value < 1 || value > MAX_AXIS_PIXELS)
      throw this.error('MOVIE_CORRUPT', name, `1 to ${MAX_AXIS_PIXELS}`, String(value));
    return value;
  }

  /**
   * An entry, or undefined if there is none.
   * @throws CodedError MOVIE_CORRUPT if it has fewer than `count` values
   */
  table(name: TagName, count: number): TiffEntry | undefined {
    const entry = this.#entryOf(name);
    if (entry && entry.count < count)
      throw this.error('MOVIE_CORRUPT', name, `${count} values`, String(entry.count));
    return entry;
  }

  error(code: ErrorCode, field: string, expected: string, found: string): CodedError {
    const { path } = this.#file;
    return new CodedError(code, '', { file: path, offset: this.#directory.at, field, expected, found });
  }

  #entryOf(name: TagName): TiffEntry | undefined {
    return this.#directory.entries.get(TAG[name]);
  }
}
