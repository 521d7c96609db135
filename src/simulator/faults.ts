import { closeSync, openSync, readFileSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { createRandom } from '../base/random.ts';

/**
 * zero: no bytes. truncated: ends early. garbage: correct size, random bytes. frame-size: the last frame is
 * smaller than the others (TIFF only). movie-size: all frames have half the width and height, so that they do
 * not match the gain reference. saturated: every pixel of the middle frame has the maximum value (not in EER,
 * in which electrons are counted one by one).
 */
export const FAULT_KINDS = ['zero', 'truncated', 'garbage', 'frame-size', 'movie-size', 'saturated'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which movies get a fault: by number (1-based), or each with a probability (0..1). */
export type FaultRule =
  | { readonly kind: FaultKind; readonly movies: readonly number[] }
  | { readonly kind: FaultKind; readonly chance: number };

/** The fault of the first rule that applies to a movie; the same seed gives the same faults. */
export function chooseFault(rules: readonly FaultRule[], seed: number, number: number): FaultKind | null {
  const random = createRandom(seed, 6, number);
  for (const rule of rules) {
    const randomValue = random.uniform();
    if ('movies' in rule ? rule.movies.includes(number) : randomValue < rule.chance) return rule.kind;
  }
  return null;
}

const KEPT_FRACTION = 0.6;

/** Damages a finished file in place. Faults that change frames are made while the movie is written. */
export function damageFile(path: string, kind: FaultKind, seed: number): void {
  const { size } = statSync(path);
  switch (kind) {
    case 'zero':
      truncateSync(path, 0);
      return;
    case 'truncated':
      truncateSync(path, Math.floor(size * KEPT_FRACTION));
      return;
    case 'garbage':
      overwriteWithNoise(path, size, seed);
      return;
    case 'frame-size':
    case 'movie-size':
    case 'saturated':
      return;
  }
}

function overwriteWithNoise(path: string, size: number, seed: number): void {
  const random = createRandom(seed, 7);
  const block = new Uint8Array(Math.min(size, 65536)).map(() => Math.floor(256 * random.uniform()));
  const fd = openSync(path, 'r+');
  try {
    for (let at = 0; at < size; at += block.length)
      writeSync(fd, block, 0, Math.min(block.length, size - at), at);
  } finally {
    closeSync(fd);
  }
}

const STRIP_OFFSETS = 273;

/**
 * Appends a little-endian classic TIFF with one directory to another one, as its last directory.
 * @param framePath - its image must be one strip, so that only the strip's offset has to change
 */
export function appendDirectory(moviePath: string, framePath: string): void {
  const frame = readFileSync(framePath);
  const fd = openSync(moviePath, 'r+');
  try {
    const frameStart = statSync(moviePath).size;
    const directory = frame.readUInt32LE(4);
    const entries = frame.readUInt16LE(directory);
    for (let entry = 0; entry < entries; entry++) {
      const at = directory + 2 + 12 * entry;
      if (frame.readUInt16LE(at) === STRIP_OFFSETS)
        frame.writeUInt32LE(frame.readUInt32LE(at + 8) + frameStart, at + 8);
    }
    writeSync(fd, frame, 0, frame.length, frameStart);
    const link = Buffer.alloc(4);
    link.writeUInt32LE(frameStart + directory);
    writeSync(fd, link, 0, 4, lastLinkOffset(fd));
  } finally {
    closeSync(fd);
  }
}

/** Offset of the link field in the last directory. */
function lastLinkOffset(fd: number): number {
  const word = Buffer.alloc(4);
  let link = 4;
  for (;;) {
    readSync(fd, word, 0, 4, link);
    const directory = word.readUInt32LE(0);
    if (directory === 0) return link;
    readSync(fd, word, 0, 2, directory);
    link = directory + 2 + 12 * word.readUInt16LE(0);
  }
}
