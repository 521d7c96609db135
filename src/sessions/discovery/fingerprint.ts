import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isOpenWithin } from '../../base/real-path.ts';
import { type LinkBounds, realFoldersOf } from './link-rules.ts';

/** Size of a sample of a file. */
const SAMPLE_BYTES = 16_384;
/** Number of samples, spread evenly from the beginning of the file to its end. */
const SAMPLES = 16;

/**
 * Identifies a file's content without reading all of it: SHA-256 of its size and of samples. If a file is
 * moved or restored, its times change but its fingerprint does not. null: the file cannot be read, or has
 * become a link to a target outside the session.
 */
export async function fingerprintOf(
  path: string,
  sizeBytes: number,
  bounds: Pick<LinkBounds, 'root' | 'linkRoots'>,
): Promise<string | null> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!isOpenWithin(file.fd, path, realFoldersOf(bounds)) || !(await file.stat()).isFile()) return null;
    const hash = createHash('sha256').update(`${sizeBytes}\n`);
    const bytes = Buffer.alloc(SAMPLE_BYTES);
    const last = Math.max(0, sizeBytes - SAMPLE_BYTES);
    const positions = new Set(
      Array.from({ length: SAMPLES }, (_, i) => Math.floor((last * i) / (SAMPLES - 1))),
    );
    for (const position of positions) {
      const { bytesRead } = await file.read(bytes, 0, SAMPLE_BYTES, position);
      hash.update(bytes.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } catch {
    return null; // the error is reported when the movie is processed
  }
}
