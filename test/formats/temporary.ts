import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import { openMovie } from '../../src/formats/open.ts';
import { frameBytes } from '../../src/formats/pixels.ts';

/** Creates a directory that is removed after the tests. Returns a function from a name to its path there. */
export function temporaryDirectory(): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'formats-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return (name) => join(directory, name);
}

/** Reads every frame of a movie, as bytes. */
export function readFrames(path: string): Uint8Array[] {
  const reader = openMovie(path);
  try {
    return Array.from({ length: reader.frames }, (_, index) => {
      const out = new Uint8Array(frameBytes(reader));
      reader.readFrame(index, out);
      return out;
    });
  } finally {
    reader.close();
  }
}

/** Reverses the order of the rows of an image. @param values - rows of `width` */
export function flipVertically<T>(values: ArrayLike<T>, width: number): T[] {
  const height = values.length / width;
  return Array.from({ length: values.length }, (_, i) => {
    const x = i % width;
    return values[(height - 1 - (i - x) / width) * width + x]!;
  });
}

/** The CodedError that an action throws. */
export function errorOf(action: () => unknown): CodedError {
  try {
    action();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
