import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasErrorCode, messageOf } from '../../base/errors.ts';
import type { CodedError } from '../../contract/errors.ts';
import type { CtfOutcome } from '../../engine/ports.ts';
import type { Image } from '../../formats/movie.ts';
import { readImage } from '../../formats/open.ts';
import { programFailed } from './run-program.ts';

/** Outputs of a program that ended without an error: files in its work directory, and its printed output. */
export class ProgramOutputs {
  /** Name of the program in messages. */
  readonly title: string;
  /** Standard output and error, in the order of arrival. */
  readonly printedText: string;
  readonly #workDir: string;

  constructor(title: string, workDir: string, printedText: string) {
    this.title = title;
    this.printedText = printedText;
    this.#workDir = workDir;
  }

  /** An error PROGRAM_FAILED with the end of the printed output. */
  failure(sentence: string): CodedError {
    return programFailed(sentence, this.printedText);
  }

  path(name: string): string {
    return join(this.#workDir, name);
  }

  /** Names of the files and directories in the work directory, sorted. */
  names(): string[] {
    return readdirSync(this.#workDir).sort();
  }

  /** @throws CodedError PROGRAM_FAILED if the program did not write it */
  text(name: string): string {
    const text = this.textIfPresent(name);
    if (text !== null) return text;
    throw this.failure(`${this.title} ended without an error, but did not write ${name}.`);
  }

  textIfPresent(name: string): string | null {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  /**
   * The program's picture of its fit.
   * @param edgeFrequencyPerA - returns the frequency at the middle of the edge, 1/A, for a size in pixels
   * @throws CodedError PROGRAM_FAILED if there is no picture, or if it is not square
   */
  diagnostic(name: string, edgeFrequencyPerA: (size: number) => number): CtfOutcome['diagnostic'] {
    const { width, height, data } = this.#picture(name);
    if (width !== height)
      throw this.failure(
        `${this.title} wrote ${name} with ${width}x${height} pixels, but the image must be square.`,
      );
    return { size: width, data, edgeFrequencyPerA: edgeFrequencyPerA(width), isForeign: true };
  }

  #picture(name: string): Image {
    try {
      return readImage(this.path(name));
    } catch (error) {
      throw this.failure(`${this.title} wrote no readable image: ${messageOf(error)}.`);
    }
  }
}
