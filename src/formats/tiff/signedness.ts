import { CodedError } from '../../contract/errors.ts';
import {
  byteSignedness,
  framesToSample,
  type Signedness,
  unclearSignednessError,
  wordSignedness,
} from '../byte-signedness.ts';
import type { InputFile } from '../input-file.ts';
import type { PixelType } from '../movie.ts';
import type { TiffChain } from './chain.ts';
import { readChunkTable } from './chunk-table.ts';
import { decodeRun } from './decode-chunk.ts';
import { readDirectory } from './directory.ts';
import { chunkBytes, readFrameLayout } from './frame-layout.ts';

/** Number of strips or tiles that are sampled in each frame, distributed evenly. */
const SAMPLED_CHUNKS = 8;
/** With larger strips, only the first frame is sampled. */
const MAX_SAMPLED_BYTES = 1 << 22;

const READ_AS_SIGNED =
  'the file does not state whether its pixels are signed (SampleFormat); their values show that they are, and they are read as signed';

interface PixelSignedness {
  readonly pixelType: PixelType;
  readonly warnings: readonly string[];
}

/**
 * The pixel type of integers without a SampleFormat. The standard's default is unsigned; some programs omit
 * the tag even for signed integers.
 * @throws CodedError MOVIE_UNSUPPORTED if the pixels are consistent with both
 */
export function pixelSignedness(file: InputFile, chain: TiffChain): PixelSignedness {
  const { pixelType, isSignednessUnknown, nibbles } = chain.firstFrame;
  const asStated = { pixelType, warnings: [] };
  if (!isSignednessUnknown || nibbles || (pixelType !== 'u8' && pixelType !== 'u16')) return asStated;
  const isLarge = chunkBytes(chain.firstFrame) > MAX_SAMPLED_BYTES;
  const frames = isLarge ? [0] : framesToSample(chain.frameOffsets.length);
  const samples = frames.map((frame) => sampleOf(file, chain, frame));
  switch (signednessOf(samples, pixelType)) {
    case 'signed':
      return { pixelType: pixelType === 'u8' ? 'i8' : 'i16', warnings: [READ_AS_SIGNED] };
    case 'unclear':
      throw unclearSignednessError(file, 'sampleFormat');
    default:
      return asStated;
  }
}

const signednessOf = (samples: readonly Uint8Array[], pixelType: 'u8' | 'u16'): Signedness =>
  pixelType === 'u8'
    ? byteSignedness(samples)
    : wordSignedness(samples.map(({ buffer, byteLength }) => new Uint16Array(buffer, 0, byteLength / 2)));

/**
 * Decoded pixels of some chunks of a frame. Errors are ignored here: they occur again when the frame is read.
 */
function sampleOf(file: InputFile, { kind, frameOffsets }: TiffChain, frame: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  try {
    const layout = readFrameLayout(file, kind, readDirectory(file, kind, frameOffsets[frame]!));
    const table = readChunkTable(file, kind, layout, frame);
    const step = Math.max(1, Math.floor(layout.chunks / SAMPLED_CHUNKS));
    for (let first = 0; first < layout.chunks; first += step) {
      const run = { first, end: first + 1, at: table.offsets[first]!, length: table.lengths[first]! };
      decodeRun(file, kind, layout, table, run, frame, (_, bytes) => pieces.push(bytes.slice()));
    }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
  return Uint8Array.from(Buffer.concat(pieces));
}
