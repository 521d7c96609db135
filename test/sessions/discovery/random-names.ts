import { writeFileSync } from 'node:fs';
import type { Random } from '../../../src/base/random.ts';

/** Creates an empty file. @returns false if it exists, or if the file system refuses its name */
export function tryCreate(path: Buffer): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** One to 60 bytes, mostly printable; without bytes that cannot be in a file name. */
export function randomName(random: Random): Buffer {
  const length = 1 + Math.floor(random.uniform() * 60);
  const name = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    const byte =
      random.uniform() < 0.9 ? 0x21 + Math.floor(random.uniform() * 94) : Math.floor(random.uniform() * 256);
    name[i] = byte === 0x2f || byte === 0 ? 0x61 : byte;
  }
  return name.equals(Buffer.from('.')) || name.equals(Buffer.from('..')) ? Buffer.from('a') : name;
}
