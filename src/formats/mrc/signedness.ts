import { byteSignedness, framesToSample, unclearSignednessError } from '../byte-signedness.ts';
import type { InputFile } from '../input-file.ts';
import { type MrcLayout, READ_AS_SIGNED } from './structure.ts';

/** Number of rows that are sampled in each frame, distributed evenly. */
const SAMPLED_ROWS = 64;

const READ_AS_UNSIGNED =
  'the header does not state whether mode 0 is signed; the pixel values show that it is unsigned, and it is read as unsigned. Other programs, such as RELION, read it as signed: convert the movie to mode 6 for them';

/**
 * Completes a layout: if the header does not state the signedness of mode 0, it is determined from the
 * pixels.
 * @throws CodedError MOVIE_UNSUPPORTED if the pixels do not show it either
 */
export function determineSignedness(file: InputFile, layout: MrcLayout): MrcLayout {
  const isStatedUnsigned = layout.header.mode === 0 && layout.storage === 'u8';
  if (!layout.isSignednessUnknown && !isStatedUnsigned) return layout;
  const signedness = byteSignedness(
    framesToSample(layout.frames).map((frame) => sampleOf(file, layout, frame)),
  );
  if (isStatedUnsigned) return signedness === 'either' ? layout : { ...layout, canBeMisread: true };
  switch (signedness) {
    case 'either':
      return layout;
    case 'signed':
      return { ...layout, canBeMisread: true };
    case 'unsigned':
      return {
        ...layout,
        storage: 'u8',
        pixelType: 'u8',
        canBeMisread: true,
        warnings: layout.warnings.map((text) => (text === READ_AS_SIGNED ? READ_AS_UNSIGNED : text)),
      };
    case 'saturated':
    case 'unclear':
      throw unclearSignednessError(file, 'mode 0');
  }
}

/** Some rows of a frame. */
function sampleOf(file: InputFile, { dataOffset, rowBytes, height }: MrcLayout, frame: number): Uint8Array {
  const step = Math.max(1, Math.floor(height / SAMPLED_ROWS));
  const rows = Math.ceil(height / step);
  const bytes = new Uint8Array(rows * rowBytes);
  for (let i = 0; i < rows; i++) {
    const offset = dataOffset + (frame * height + i * step) * rowBytes;
    file.readInto(bytes.subarray(i * rowBytes, (i + 1) * rowBytes), offset, `frame ${frame}`);
  }
  return bytes;
}
