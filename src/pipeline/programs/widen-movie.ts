import { join } from 'node:path';
import type { AlignRequest } from '../../engine/ports.ts';
import type { MovieStructure, PixelType } from '../../formats/movie.ts';
import { createMrcStackWriter } from '../../formats/mrc/write.ts';
import { openMovie } from '../../formats/open.ts';
import { asNumbers, frameBytes } from '../../formats/pixels.ts';
import type { Workspace } from '../adapter.ts';

/** MRC mode and array type for pixels whose signedness other programs could misread. */
const WIDE_TYPES = {
  signed: { mode: 1, array: Int16Array },
  unsigned: { mode: 6, array: Uint16Array },
} as const;

const isSigned = (type: PixelType): boolean => type.startsWith('i');

/**
 * Writes a movie as 16-bit MRC, which every program reads in the same way, into the work directory: RELION,
 * for example, reads the bytes of every MRC file of mode 0 as signed.
 * @returns the structure of the copy
 */
export function widenMovie(
  { moviePath, within }: AlignRequest,
  structure: MovieStructure,
  file: string,
  { workDir }: Workspace,
): MovieStructure {
  const { width, height, frames, pixelType, pixelSizeA } = structure;
  const { mode, array } = isSigned(pixelType) ? WIDE_TYPES.signed : WIDE_TYPES.unsigned;
  const reader = openMovie(moviePath, { within: within?.movie });
  try {
    const writer = createMrcStackWriter(join(workDir, file), { width, height, mode, pixelSizeA });
    const frame = new Uint8Array(frameBytes(structure));
    for (let i = 0; i < frames; i++) {
      reader.readFrame(i, frame);
      const widened = array.from(asNumbers(frame, pixelType));
      writer.appendFrame(new Uint8Array(widened.buffer));
    }
    writer.finish();
  } finally {
    reader.close();
  }
  return { ...structure, format: 'mrc', pixelType: isSigned(pixelType) ? 'i16' : 'u16' };
}
