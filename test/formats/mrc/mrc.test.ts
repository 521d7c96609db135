import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MRC_FIELDS } from '../../../src/formats/mrc/header-table.ts';
import { createMrcStackWriter, writeMrc } from '../../../src/formats/mrc/write.ts';
import { openMovie, readImage } from '../../../src/formats/open.ts';
import { errorOf, readFrames, temporaryDirectory } from '../temporary.ts';

const pathOf = temporaryDirectory();

interface HandMadeFile {
  nx: number;
  ny: number;
  nz: number;
  mode: number;
  data: Uint8Array;
  isLittleEndian?: boolean;
  extendedBytes?: number;
  cell?: [number, number];
  imodFlags?: number;
}

/** An MRC file built from the offsets of the standard, independent of the writer. */
function writeHandMade(name: string, file: HandMadeFile): string {
  const { nx, ny, nz, mode, data, isLittleEndian = true, extendedBytes = 0, cell = [0, 0] } = file;
  const bytes = new Uint8Array(1024 + extendedBytes + data.length);
  const view = new DataView(bytes.buffer);
  const ints: [number, number][] = [
    [0, nx],
    [4, ny],
    [8, nz],
    [12, mode],
    [28, nx],
    [32, ny],
    [36, nz],
    [92, extendedBytes],
  ];
  for (const [offset, value] of ints) view.setInt32(offset, value, isLittleEndian);
  view.setFloat32(40, cell[0], isLittleEndian);
  view.setFloat32(44, cell[1], isLittleEndian);
  if (file.imodFlags !== undefined) {
    view.setInt32(152, 1146047817, isLittleEndian);
    view.setInt32(156, file.imodFlags, isLittleEndian);
  }
  bytes.set(Buffer.from('MAP '), 208);
  bytes.set(isLittleEndian ? [0x44, 0x41] : [0x11, 0x11], 212);
  bytes.set(data, 1024 + extendedBytes);
  const path = pathOf(name);
  writeFileSync(path, bytes);
  return path;
}

function encodeNumbers<T>(
  count: number,
  bytesPerPixel: number,
  put: (view: DataView, offset: number, i: number) => T,
): Uint8Array {
  const bytes = new Uint8Array(count * bytesPerPixel);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) put(view, i * bytesPerPixel, i);
  return bytes;
}

describe('reading MRC', () => {
  for (const isLittleEndian of [true, false]) {
    const order = isLittleEndian ? 'little-endian' : 'big-endian';

    it(`returns 16-bit pixels of modes 1 and 6, ${order}`, () => {
      const signedPixels = encodeNumbers(24, 2, (view, o, i) =>
        view.setInt16(o, i * 100 - 1200, isLittleEndian),
      );
      const mode1Path = writeHandMade('m1.mrc', {
        nx: 4,
        ny: 3,
        nz: 2,
        mode: 1,
        data: signedPixels,
        isLittleEndian,
      });
      const [, secondFrame] = readFrames(mode1Path);
      expect([...new Int16Array(secondFrame!.buffer)]).toEqual(
        Array.from({ length: 12 }, (_, i) => (i + 12) * 100 - 1200),
      );
      const unsignedPixels = encodeNumbers(6, 2, (view, o, i) =>
        view.setUint16(o, 65535 - i, isLittleEndian),
      );
      const mode6Path = writeHandMade('m6.mrc', {
        nx: 2,
        ny: 3,
        nz: 1,
        mode: 6,
        data: unsignedPixels,
        isLittleEndian,
      });
      expect([...new Uint16Array(readFrames(mode6Path)[0]!.buffer)]).toEqual([
        65535, 65534, 65533, 65532, 65531, 65530,
      ]);
    });

    it(`returns floats of mode 2 with their pixel size, after an extended header, ${order}`, () => {
      const data = encodeNumbers(6, 4, (view, o, i) => view.setFloat32(o, i / 8 - 0.25, isLittleEndian));
      const path = writeHandMade('m2.mrc', {
        nx: 3,
        ny: 2,
        nz: 1,
        mode: 2,
        data,
        isLittleEndian,
        extendedBytes: 768,
        cell: [2.4, 1.6],
      });
      expect([...readImage(path).data]).toEqual([-0.25, -0.125, 0, 0.125, 0.25, 0.375]);
      expect(readImage(path).pixelSizeA).toBeCloseTo(0.8, 6);
    });

    it(`converts the 16-bit floats of mode 12, ${order}`, () => {
      // IEEE 754-2008: 1, -2, largest, smallest normal, smallest subnormal, infinity.
      const patterns = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00];
      const data = encodeNumbers(6, 2, (view, o, i) => view.setUint16(o, patterns[i]!, isLittleEndian));
      const path = writeHandMade('m12.mrc', { nx: 3, ny: 2, nz: 1, mode: 12, data, isLittleEndian });
      expect([...readImage(path).data]).toEqual([1, -2, 65504, 2 ** -14, 2 ** -24, Number.POSITIVE_INFINITY]);
    });
  }

  it('unpacks 4-bit pixels of mode 101, rows of odd width padded to a byte', () => {
    const data = Uint8Array.from([0x21, 0x43, 0xf5, 0x76, 0x98, 0x0a]);
    const path = writeHandMade('m101.mrc', { nx: 5, ny: 2, nz: 1, mode: 101, data });
    expect([...readFrames(path)[0]!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('uses twice the width in a "packed bytes" header', () => {
    const data = Uint8Array.from([0x21, 0x43, 0x65, 0x87]);
    const path = writeHandMade('packed.mrc', { nx: 2, ny: 2, nz: 1, mode: 0, data, imodFlags: 16 });
    expect(openMovie(path)).toMatchObject({ width: 4, height: 2, pixelType: 'u8' });
    expect([...readFrames(path)[0]!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('follows the IMOD flag for the signedness of mode 0, and warns if there is none', () => {
    const data = Uint8Array.from([0, 200]);
    const open = (name: string, imodFlags?: number) =>
      openMovie(
        writeHandMade(name, {
          nx: 2,
          ny: 1,
          nz: 1,
          mode: 0,
          data,
          ...(imodFlags === undefined ? {} : { imodFlags }),
        }),
      );
    expect(open('signed.mrc', 1).pixelType).toBe('i8');
    expect(open('unsigned.mrc', 0).pixelType).toBe('u8');
    expect(open('unknown.mrc')).toMatchObject({
      pixelType: 'i8',
      warnings: [expect.stringContaining('signed')],
    });
  });

  it('reads into shared memory and does not change bytes after the frame', () => {
    const path = writeHandMade('shared.mrc', {
      nx: 2,
      ny: 1,
      nz: 1,
      mode: 6,
      isLittleEndian: false,
      data: Uint8Array.from([1, 2, 3, 4]),
    });
    const out = new Uint8Array(new SharedArrayBuffer(6)).fill(9);
    openMovie(path).readFrame(0, out);
    expect([...out]).toEqual([2, 1, 4, 3, 9, 9]);
  });

  it('returns no pixel size if the header has none or pixels are not square', () => {
    const data = new Uint8Array(4);
    const size = (cell: [number, number]) =>
      openMovie(writeHandMade('cell.mrc', { nx: 2, ny: 2, nz: 1, mode: 0, data, cell, imodFlags: 1 }))
        .pixelSizeA;
    expect(size([0, 0])).toBeNull();
    expect(size([2, 4])).toBeNull();
    expect(size([Number.NaN, 2])).toBeNull();
  });
});

describe('invalid MRC files', () => {
  it('cause an error with the expected and the actual size if they are truncated', () => {
    const path = writeHandMade('short.mrc', { nx: 10, ny: 10, nz: 3, mode: 1, data: new Uint8Array(599) });
    const error = errorOf(() => openMovie(path));
    expect(error.code).toBe('MOVIE_TRUNCATED');
    expect(error.location).toMatchObject({ expected: '1624 bytes', found: '1623 bytes' });
  });

  for (const [field, invalidValues] of [
    ['nx', { nx: -4 }],
    ['ny', { ny: 70000 }],
    ['nz', { nz: -1 }],
    ['mode', { mode: 77 }],
    ['nsymbt', { extendedBytes: 0, nsymbt: -5 }],
  ] as const)
    it(`cause an error with the invalid field ${field}`, () => {
      const path = writeHandMade('bad.mrc', {
        nx: 4,
        ny: 4,
        nz: 1,
        mode: 1,
        data: new Uint8Array(32),
        ...invalidValues,
      });
      if (field === 'nsymbt') {
        const bytes = readFileSync(path);
        bytes.writeInt32LE(-5, MRC_FIELDS.nsymbt.offset);
        writeFileSync(path, bytes);
      }
      expect(errorOf(() => openMovie(path))).toMatchObject({ code: 'MOVIE_CORRUPT', location: { field } });
    });

  it('are refused if pixels are complex numbers', () => {
    const path = writeHandMade('complex.mrc', { nx: 4, ny: 4, nz: 1, mode: 4, data: new Uint8Array(128) });
    expect(errorOf(() => openMovie(path)).code).toBe('MOVIE_UNSUPPORTED');
  });

  it('cause a warning if bytes follow the last frame', () => {
    const path = writeHandMade('long.mrc', { nx: 2, ny: 2, nz: 1, mode: 1, data: new Uint8Array(20) });
    expect(openMovie(path).warnings.join()).toContain('12 bytes follow');
  });
});

describe('writing MRC', () => {
  it('writes mode 2 with correct statistics, at the offsets of the standard', () => {
    const path = pathOf('written.mrc');
    writeMrc(path, { width: 2, height: 2, data: Float32Array.from([1, 2, 3, 6]) }, 1.25, 'sum of a movie');
    const bytes = readFileSync(path);
    expect(bytes.length).toBe(1024 + 16);
    expect([0, 4, 8, 12, 28, 64, 68, 72, 108].map((o) => bytes.readInt32LE(o))).toEqual([
      2, 2, 1, 2, 2, 1, 2, 3, 20140,
    ]);
    expect([40, 44, 76, 80, 84].map((o) => bytes.readFloatLE(o))).toEqual([2.5, 2.5, 1, 6, 3]);
    expect(bytes.readFloatLE(216)).toBeCloseTo(Math.sqrt(3.5), 6);
    expect(bytes.toString('latin1', 208, 216)).toBe('MAP DA\0\0');
    expect(bytes.toString('latin1', 224, 304).trimEnd()).toBe('sum of a movie');
    expect(readImage(path)).toEqual({
      width: 2,
      height: 2,
      data: Float32Array.from([1, 2, 3, 6]),
      pixelSizeA: 1.25,
    });
  });

  it('keeps the precision of the standard deviation of values with a large offset', () => {
    const data = Float32Array.from({ length: 20000 }, (_, i) => 1e6 + (i % 2));
    writeMrc(pathOf('offset.mrc'), { width: 200, height: 100, data }, null);
    expect(readFileSync(pathOf('offset.mrc')).readFloatLE(216)).toBeCloseTo(0.5, 6);
  });

  it('writes stacks in every mode that are read back unchanged', () => {
    for (const [mode, bytes] of [
      [0, 1],
      [1, 2],
      [2, 4],
      [6, 2],
    ] as const) {
      const path = pathOf(`stack${mode}.mrc`);
      const writer = createMrcStackWriter(path, { width: 3, height: 2, mode, pixelSizeA: 0.5 });
      const frames = [1, 2, 3].map((n) => new Uint8Array(6 * bytes).fill(n));
      for (const frame of frames) writer.appendFrame(frame);
      writer.finish();
      expect(readFrames(path)).toEqual(frames);
      expect(openMovie(path)).toMatchObject({ frames: 3, pixelSizeA: 0.5, warnings: [] });
    }
  });

  it('leaves a file that is recognised as incomplete if the writer stops early', () => {
    const writer = createMrcStackWriter(pathOf('dead.mrc'), { width: 3, height: 2, mode: 0, pixelSizeA: 1 });
    writer.appendFrame(new Uint8Array(6));
    expect(errorOf(() => openMovie(pathOf('dead.mrc'))).code).toBe('MOVIE_TRUNCATED');
  });

  it('reports that a file cannot be written', () => {
    const image = { width: 1, height: 1, data: new Float32Array(1) };
    expect(errorOf(() => writeMrc(pathOf('no/such/folder.mrc'), image, 1)).code).toBe('OUTPUT_NOT_WRITABLE');
  });
});
