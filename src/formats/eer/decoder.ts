import { createKernelMemory } from '../kernel-memory.ts';

const REPORT_ADDRESS = 16;
const IMAGE_ADDRESS = 1024;
/** Initial size of the memory for a frame's stream; it grows if a stream is longer. */
const INITIAL_INPUT_BYTES = 1 << 18;

interface EerExports {
  eerAddFrame(
    ...numbers: [
      src: number,
      srcEnd: number,
      image: number,
      is16Bit: number,
      width: number,
      height: number,
      isDoubled: number,
      runBits: number,
      xBits: number,
      yBits: number,
      positionAfterMaxRun: number,
      report: number,
    ]
  ): number;
}

/** How the events of a frame are coded. */
export interface EerCoding {
  /** Bits of the length of a run of empty pixels. */
  readonly runBits: number;
  /** Bits of the sub-pixel position along x and y. */
  readonly xBits: number;
  readonly yBits: number;
  /** Whether sub-pixel bits follow even a run of maximum length, which has no electron. */
  readonly positionAfterMaxRun: boolean;
}

interface EerShape {
  /** Size of the sensor, pixels. */
  readonly width: number;
  readonly height: number;
  readonly upsampling: 1 | 2;
  readonly pixelBytes: 1 | 2;
}

type EerResult =
  | { readonly ok: true; readonly electrons: number }
  | { readonly ok: false; readonly reason: string; readonly sourceOffset: number };

export interface EerDecoder {
  /** Starts an image of zeros. @throws RangeError beyond 1 GiB */
  begin(shape: EerShape): void;
  /** Memory for the bytes of a frame. Valid until the next call. */
  input(length: number): Uint8Array;
  /** Decodes the first `length` bytes of the input, and adds their electrons to the image. */
  add(length: number, coding: EerCoding): EerResult;
  /** The image, valid until the next call. */
  image(): Uint8Array;
}

/** Creates a decoder; each thread needs its own. */
function createEerDecoder(): EerDecoder {
  const { memory, reserve, exports } = createKernelMemory<EerExports>('eer', 1);
  let shape: EerShape = { width: 1, height: 1, upsampling: 1, pixelBytes: 1 };
  const imageBytes = () => shape.width * shape.height * shape.upsampling ** 2 * shape.pixelBytes;
  const inputAddress = () => IMAGE_ADDRESS + Math.ceil(imageBytes() / 16) * 16;
  return {
    begin(newShape) {
      shape = newShape;
      reserve(inputAddress() + INITIAL_INPUT_BYTES);
      new Uint8Array(memory.buffer, IMAGE_ADDRESS, imageBytes()).fill(0);
    },
    input(length) {
      reserve(inputAddress() + length);
      return new Uint8Array(memory.buffer, inputAddress(), length);
    },
    add(length, { runBits, xBits, yBits, positionAfterMaxRun }) {
      const from = inputAddress();
      const electrons = exports.eerAddFrame(
        from,
        from + length,
        IMAGE_ADDRESS,
        shape.pixelBytes - 1,
        shape.width,
        shape.height,
        shape.upsampling - 1,
        runBits,
        xBits,
        yBits,
        positionAfterMaxRun ? 1 : 0,
        REPORT_ADDRESS,
      );
      const [status, sourceOffset] = new Uint32Array(memory.buffer, REPORT_ADDRESS, 2);
      if (status === 0) return { ok: true, electrons };
      const reason = status === 1 ? 'ends before the last pixel' : 'has a run beyond the last pixel';
      return { ok: false, reason, sourceOffset: sourceOffset! };
    },
    image: () => new Uint8Array(memory.buffer, IMAGE_ADDRESS, imageBytes()),
  };
}

let threadDecoder: EerDecoder | undefined;
/** The decoder of this thread, created on first use. */
export function eerDecoder(): EerDecoder {
  threadDecoder ??= createEerDecoder();
  return threadDecoder;
}
