import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { MAX_AXIS_PIXELS } from '../limits.ts';
import type { Image, PixelType } from '../movie.ts';
import { asNumbers, reverseRows, swapBytes } from '../pixels.ts';
import { DM_TYPE_BYTES, type DmTag, readDmTags } from './tags.ts';

/** `ImageData/DataType` -> how a pixel is stored. Complex numbers and colours are not supported. */
const DATA_TYPES: Readonly<Record<number, PixelType | 'f64'>> = {
  1: 'i16',
  2: 'f32',
  6: 'u8',
  7: 'i32',
  9: 'i8',
  10: 'u16',
  11: 'u32',
  12: 'f64',
  14: 'u8', // binary
};

/**
 * Reads the image of a DM3 or DM4 file: the last one in `ImageList`, because earlier ones are thumbnails;
 * from a stack, the first section. The file stores rows from the top of the image; they are returned from the
 * bottom up.
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT, MOVIE_UNSUPPORTED
 */
export function readDm(file: InputFile): Image {
  const { header, tags } = readDmTags(file);
  const data = tags.findLast(({ path }) => /^\/ImageList\/\d+\/ImageData\/Data$/.test(path));
  if (!data || data.type === null)
    throw new CodedError('MOVIE_CORRUPT', 'It contains no image.', { file: file.path, field: 'ImageList' });
  const folder = data.path.slice(0, -'/Data'.length);
  const numberAt = (name: string, maximum: number): number => {
    const tag = tags.find(({ path }) => path === `${folder}/${name}`);
    const value = tag && tag.count === 1 ? numberOf(file, tag, header.littleEndian) : undefined;
    if (value === undefined || !Number.isInteger(value) || value < 1 || value > maximum)
      throw new CodedError('MOVIE_CORRUPT', '', {
        file: file.path,
        offset: tag?.offset ?? data.offset,
        field: `${folder}/${name}`,
        expected: `1 to ${maximum}`,
        found: String(value ?? 'none'),
      });
    return value;
  };
  const width = numberAt('Dimensions/0', MAX_AXIS_PIXELS);
  const height = numberAt('Dimensions/1', MAX_AXIS_PIXELS);
  const dataType = numberAt('DataType', 255);
  const storedType = DATA_TYPES[dataType];
  if (storedType === undefined)
    throw new CodedError('MOVIE_UNSUPPORTED', '', {
      file: file.path,
      offset: data.offset,
      field: `${folder}/DataType`,
      expected: Object.keys(DATA_TYPES).join(', '),
      found: String(dataType),
    });
  const pixelBytes = storedType === 'f64' ? 8 : ({ 8: 1, 16: 2, 32: 4 } as const)[bitsOf(storedType)];
  const byteCount = width * height * pixelBytes;
  if (byteCount > data.count * DM_TYPE_BYTES[data.type]!)
    throw new CodedError('MOVIE_CORRUPT', 'It has too little data for its image size.', {
      file: file.path,
      offset: data.offset,
      field: data.path,
      expected: `${byteCount} bytes`,
      found: `${data.count * DM_TYPE_BYTES[data.type]!} bytes`,
    });
  const bytes = new Uint8Array(byteCount);
  file.readInto(bytes, data.offset, data.path);
  const pixels = toFloats(bytes, storedType, header.littleEndian);
  reverseRows(pixels, width);
  return { width, height, pixelSizeA: null, data: pixels };
}

const bitsOf = (type: PixelType) => Number(type.slice(1)) as 8 | 16 | 32;

function toFloats(bytes: Uint8Array, storedType: PixelType | 'f64', littleEndian: boolean): Float32Array {
  if (storedType === 'f64') {
    if (!littleEndian) Buffer.from(bytes.buffer).swap64();
    return Float32Array.from(new Float64Array(bytes.buffer));
  }
  if (!littleEndian) swapBytes(bytes, ({ 8: 1, 16: 2, 32: 4 } as const)[bitsOf(storedType)]);
  return Float32Array.from(asNumbers(bytes, storedType));
}

function numberOf(file: InputFile, tag: DmTag, littleEndian: boolean): number | undefined {
  const bytes = DM_TYPE_BYTES[tag.type ?? -1];
  if (bytes === undefined) return undefined;
  const bytesOfValue = file.peek(tag.offset, bytes, tag.path);
  const view = new DataView(bytesOfValue.buffer, bytesOfValue.byteOffset, bytes);
  switch (tag.type) {
    case 2:
      return view.getInt16(0, littleEndian);
    case 3:
      return view.getInt32(0, littleEndian);
    case 4:
      return view.getUint16(0, littleEndian);
    case 5:
      return view.getUint32(0, littleEndian);
    case 11:
      return Number(view.getBigInt64(0, littleEndian));
    case 12:
      return Number(view.getBigUint64(0, littleEndian));
    default:
      return undefined;
  }
}
