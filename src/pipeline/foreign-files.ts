import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../base/errors.ts';
import type { RealFolder } from '../base/real-folder.ts';
import { CodedError } from '../contract/errors.ts';

/** Size of an MRC header (MRC2014), and the offsets of the number of sections and of the machine stamp. */
const HEADER_BYTES = 1024;
const SECTIONS_AT = 8;
const STAMP_AT = 212;
const BIG_ENDIAN_STAMP = 0x11;

/**
 * Refuses to replace or remove a file that cannot be an output of the service: a symbolic link, or an MRC
 * file with several sections, which is a movie. Outputs of an interrupted attempt have no record, so records
 * cannot be used for this.
 * @throws CodedError NOT_OUR_FILE; the file system's error
 */
export async function refuseForeign(folder: RealFolder, name: string): Promise<void> {
  const sections = await folder.call(name, () => sectionsOf(folder, name));
  if (sections === 'link')
    throw new CodedError('NOT_OUR_FILE', 'It is a symbolic link.', { file: join(folder.path, name) });
  if (sections > 1)
    throw new CodedError('NOT_OUR_FILE', `It is an MRC file with ${sections} images, that is, a movie.`, {
      file: join(folder.path, name),
    });
}

async function sectionsOf(folder: RealFolder, name: string): Promise<number | 'link'> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    await using file = await open(folder.pathOf(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!/\.mrcs?$/i.test(name) || !(await file.stat()).isFile()) return 0;
    const header = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
    if (bytesRead < HEADER_BYTES) return 0;
    return header[STAMP_AT] === BIG_ENDIAN_STAMP
      ? header.readInt32BE(SECTIONS_AT)
      : header.readInt32LE(SECTIONS_AT);
  } catch (error) {
    if (hasErrorCode(error, 'ELOOP')) return 'link';
    // It is missing or not a regular file, so it is not a movie.
    if (hasErrorCode(error, 'ENOENT', 'ENXIO', 'EISDIR')) return 0;
    throw error;
  }
}
