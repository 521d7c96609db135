import type { Random } from '../base/random.ts';
import { createOutputFile } from '../formats/output-file.ts';
import { encodeDirectory } from '../formats/tiff/directory-encode.ts';
import { FIELD, TAG } from '../formats/tiff/tags.ts';
import { createEerEncoder } from './eer-encode.ts';

export interface EerWriterOptions {
  readonly width: number;
  readonly height: number;
  /** Camera frames over which the electrons of a fraction are spread. */
  readonly framesPerFraction: number;
  readonly random: Random;
}

export interface EerWriter {
  /** Spreads the counts of a fraction over its camera frames; sub-pixel positions are random. */
  appendFrame(counts: Uint8Array): void;
  finish(): void;
}

const COMPRESSION_7_BIT = 65001;

/**
 * Writes a BigTIFF with one directory per camera frame, as EPU does.
 * @throws CodedError DISK_FULL, OUTPUT_NOT_WRITABLE
 */
export function createEerWriter(path: string, options: EerWriterOptions): EerWriter {
  const { width, height, framesPerFraction, random } = options;
  const file = createOutputFile(path);
  const header = new Uint8Array(16);
  header.set([0x49, 0x49, 43, 0, 8]);
  file.append(header);
  let linkAt = 8;
  const encoders = Array.from({ length: framesPerFraction }, () => createEerEncoder(width * height));

  const appendCameraFrame = (stream: Uint8Array) => {
    const offset = file.sizeBytes;
    file.append(stream);
    if (file.sizeBytes % 8 !== 0) file.append(new Uint8Array(8 - (file.sizeBytes % 8)));
    const at = file.sizeBytes;
    const directory = encodeDirectory(
      [
        { tag: TAG.imageWidth, type: FIELD.long, values: [width] },
        { tag: TAG.imageLength, type: FIELD.long, values: [height] },
        { tag: TAG.bitsPerSample, type: FIELD.short, values: [8] },
        { tag: TAG.compression, type: FIELD.short, values: [COMPRESSION_7_BIT] },
        { tag: TAG.photometric, type: FIELD.short, values: [1] },
        { tag: TAG.stripOffsets, type: FIELD.long8, values: [offset] },
        { tag: TAG.samplesPerPixel, type: FIELD.short, values: [1] },
        { tag: TAG.rowsPerStrip, type: FIELD.long, values: [height] },
        { tag: TAG.stripByteCounts, type: FIELD.long8, values: [stream.length] },
      ],
      at,
      true,
    );
    file.append(directory.bytes);
    const link = new Uint8Array(8);
    new DataView(link.buffer).setBigUint64(0, BigInt(at), true);
    file.patch(linkAt, link);
    linkAt = at + directory.linkAt;
  };

  return {
    appendFrame(counts) {
      try {
        const frames = new Set<number>();
        for (const [pixel, count] of counts.entries()) {
          // A pixel counts at most once per camera frame: two electrons in the same pixel and frame are one
          // event, as in a real camera.
          frames.clear();
          for (let i = 0; i < count; i++) frames.add(Math.floor(framesPerFraction * random.uniform()));
          for (const frame of frames) encoders[frame]?.addElectron(pixel, Math.floor(16 * random.uniform()));
        }
        for (const encoder of encoders) appendCameraFrame(encoder.finish());
      } catch (error) {
        file.abandon();
        throw error;
      }
    },
    finish: () => file.finish(),
  };
}
