import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import { openMovie } from '../../src/formats/open.ts';
import { frameBytes } from '../../src/formats/pixels.ts';

/** A directory for the tests of a file; removed afterwards. */
export function temporaryDirectory(): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'formats-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return (name) => join(directory, name);
}

/** Every frame of a movie, as bytes. */
export function readAll(path: string): Uint8Array[] {
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

/** An image upside down. @param values - rows of `width` */
export function upsideDown<T>(values: ArrayLike<T>, width: number): T[] {
  const height = values.length / width;
  return Array.from({ length: values.length }, (_, i) => {
    const x = i % width;
    return values[(height - 1 - (i - x) / width) * width + x]!;
  });
}

/** The CodedError of an action. */
export function errorOf(action: () => unknown): CodedError {
  try {
    action();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}
