import { readFileSync } from 'node:fs';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { formatStar } from '../../../src/formats/star/write.ts';
import { buildDm, floats, image, octets, struct, structs, text, ulong } from '../formats/dm-file.ts';
import { buildEer, EIGHT_BIT, SEVEN_BIT, streamOf } from '../formats/eer-file.ts';
import { buildTiff, type Variant } from '../formats/tiff-file.ts';
import type { Kind } from './judge.ts';

/** A small valid file, which the fuzzer damages. */
export interface Original {
  readonly kind: Kind;
  readonly name: string;
  readonly bytes: Buffer;
}

const SHAPE = { width: 24, height: 18 } as const;
const PIXELS = SHAPE.width * SHAPE.height;
const FRAMES = [1, 2].map((n) => Array.from({ length: PIXELS }, (_, i) => (i * n) % 100));

const TIFFS: readonly Variant[] = [
  { ...SHAPE, pixelType: 'u8', chunk: { rows: 5 } },
  { ...SHAPE, pixelType: 'u8', compression: 5, chunk: { rows: 5 } },
  { ...SHAPE, pixelType: 'i16', compression: 8, predictor: 2, littleEndian: false, chunk: { rows: 18 } },
  { ...SHAPE, pixelType: 'f32', compression: 8, predictor: 3, bigTiff: true, chunk: { rows: 7 } },
  {
    ...SHAPE,
    pixelType: 'u16',
    compression: 5,
    bigTiff: true,
    littleEndian: false,
    chunk: { tileWidth: 16, tileLength: 16 },
  },
  { ...SHAPE, pixelType: 'u32', chunk: { tileWidth: 16, tileLength: 16 } },
  // Four bits per pixel, two pixels per byte: built with bytes as pixels, and half as many columns.
  { width: 12, height: 18, pixelType: 'u8', chunk: { rows: 6 }, tags: { 256: [3, [24]], 258: [3, [4]] } },
];

/** @param scratch - path of a file that may be overwritten */
function mrcFiles(scratch: string): Original[] {
  const BYTES = { 0: 1, 1: 2, 2: 4, 6: 2 } as const;
  const writtenFiles = ([0, 1, 2, 6] as const).map((mode) => {
    const writer = createMrcStackWriter(scratch, { ...SHAPE, mode, pixelSizeA: 1 });
    for (let i = 0; i < 2; i++) writer.appendFrame(new Uint8Array(PIXELS * BYTES[mode]).fill(i + 1));
    writer.finish();
    return { mode, bytes: readFileSync(scratch) };
  });
  const withMode = (source: Buffer, mode: number, dataBytes: number): Buffer => {
    const bytes = Buffer.concat([source.subarray(0, 1024), Buffer.alloc(dataBytes, 0x3c)]);
    bytes.writeInt32LE(mode, 12);
    return bytes;
  };
  const [first] = writtenFiles;
  const extendedFile = Buffer.concat([
    first!.bytes.subarray(0, 1024),
    Buffer.alloc(96, 7),
    first!.bytes.subarray(1024),
  ]);
  extendedFile.writeInt32LE(96, 92);
  const bigEndian = Buffer.from(writtenFiles[1]!.bytes);
  bigEndian.subarray(0, 208).swap32();
  bigEndian.subarray(1024).swap16();
  bigEndian.set([0x11, 0x11, 0, 0], 212);
  return [
    ...writtenFiles.map(({ mode, bytes }) => ({ kind: 'movie' as const, name: `MRC mode ${mode}`, bytes })),
    { kind: 'movie', name: 'MRC mode 12', bytes: withMode(first!.bytes, 12, 4 * PIXELS) },
    { kind: 'movie', name: 'MRC mode 101', bytes: withMode(first!.bytes, 101, PIXELS) },
    { kind: 'movie', name: 'MRC with an extended header', bytes: extendedFile },
    { kind: 'movie', name: 'MRC big-endian', bytes: bigEndian },
  ];
}

function eerFiles(): Original[] {
  const electrons = FRAMES[0]!.flatMap((count, i) =>
    count % 7 ? [] : [{ x: i % SHAPE.width, y: Math.floor(i / SHAPE.width) }],
  );
  return [EIGHT_BIT, SEVEN_BIT, { compression: 65002, runBits: 5, xBits: 1, yBits: 3 } as const].map(
    (coding, i) => ({
      kind: 'movie',
      name: `EER ${coding.compression}`,
      bytes: buildEer(
        { ...SHAPE, coding, isBigTiff: i === 1, stripCount: 1 + i },
        Array.from({ length: 5 }, () => streamOf(coding, SHAPE.width, SHAPE.height, electrons)),
      ),
    }),
  );
}

function dmFiles(): Original[] {
  const picture = image(3, 2, 2, floats([1, 2, 3, 4, 5, 6.5]));
  const root = {
    ApplicationBounds: struct([0, 0, 100, 200]),
    'Image Behavior': { Name: text('K3'), Table: structs(3) },
    ImageList: [image(1, 1, 6, octets([9])), picture],
    Untitled: ulong(7),
  };
  return ([3, 4] as const).flatMap((version) =>
    [true, false].map((little) => ({
      kind: 'reference' as const,
      name: `DM${version} ${little ? 'little' : 'big'}-endian`,
      bytes: buildDm(version, little, root),
    })),
  );
}

const MDOC = `T = SerialEM: a\nVoltage = 300\n\n[FrameSet = 0]\nStagePosition = -12.5 340.25\nPixelSpacing = 0.415\nBinning = 0.5\nImageShift = 1.5 -2.25\nSubFramePath = X:\\a.tif\nFrameDosesAndNumber = 1.008 50\n`;
/** A shortened version of EPU's XML file. */
const XML = `\uFEFF<?xml version="1.0"?><MicroscopeImage xmlns="x" xmlns:i="i"><name>a</name><CustomData xmlns:a="b"><a:KeyValueOfstringanyType><a:Key>Dose</a:Key><a:Value i:type="d">4.0E+21</a:Value></a:KeyValueOfstringanyType></CustomData><SpatialScale><pixelSize><x><numericValue>8.2E-11</numericValue></x></pixelSize></SpatialScale><microscopeData><gun><AccelerationVoltage>300000</AccelerationVoltage></gun><optics><BeamShift xmlns:a="t"><a:_x>-0.25</a:_x><a:_y>0.5</a:_y></BeamShift></optics><stage><Position><A>0.1</A><X>1.0E-04</X><Y>-2.0E-04</Y><Z>3.0E-06</Z></Position></stage></microscopeData></MicroscopeImage>`;
const DEFECTS = `CameraSizeX 24\nCameraSizeY 18\nRotationAndFlip 0\nBadPixels 1 2 3 4\nBadColumns 5\nPartialBadRow 3 1 2 9\nUsableArea 1 1 16 22\n`;
const CTFFIND = `# Output from CTFFind version 4.1.14, run on 2026-01-02 03:04:05\n# Input file: mic.mrc ; Number of micrographs: 1\n# Pixel size: 1.000 Angstroms ; acceleration voltage: 300.0 keV\n# Box size: 512 pixels\n# Columns: #1 - micrograph number; #2 - defocus 1 [Angstroms]; #3 - defocus 2; #4 - azimuth of astigmatism; #5 - additional phase shift [radians]; #6 - cross correlation; #7 - spacing (in Angstroms) up to which CTF rings were fit successfully\n1.000000 11234.500000 10987.250000 -38.500000 0.523599 0.123000 4.250000\n`;
const AVROT = `# Output from CTFFind version 4.1.14, run on 2026-01-02 03:04:05\n# 6 lines per micrograph: #1 - spatial frequency (1/Angstroms)\n0.0 0.1 0.2\n9 9 9\n0.5 0.6 0.7\n0.4 0.5 0.6\n1.0 0.9 0.8\n0.1 0.1 0.1\n`;
const GCTF = `Processing by Gctf v1.06\n   Defocus_U   Defocus_V       Angle         CCC\n    24100.00    21600.00       34.50    0.180000  Final Values\n\nResolution limit estimated by EPA: 3.464 \n`;
const EPA = `  Resolution    |CTFsim|   EPA( Ln|F| )   EPA(Ln|F| - Bg)   CCC\n 20.0 0.5 1.0 0.5 0.9\n 10.0 0.4 1.1 0.4 0.8\n 5.0 0.3 1.2 0.3 0.7\n`;
const CONFIG = `[general]\nsession_dir = /cryoem1\n# remark\n[api]\nport = 8112\ntoken = a\n  b\n`;

function textFiles(): Original[] {
  const star = formatStar([
    { name: 'general', pairs: [['rlnImageSizeX', 24]] },
    {
      name: 'global_shift',
      columns: ['rlnMicrographFrameNumber', 'rlnMicrographShiftX'],
      rows: [
        [1, 0],
        [2, 0.5],
      ],
    },
  ]);
  const contents: readonly (readonly [Kind, string])[] = [
    ['star', star] as const,
    ['xml', XML] as const,
    ['mdoc', MDOC] as const,
    ['defects', DEFECTS] as const,
    ['ctffind', CTFFIND] as const,
    ['avrot', AVROT] as const,
    ['gctf', GCTF] as const,
    ['epa', EPA] as const,
    ['config', CONFIG],
  ];
  return contents.map(([kind, content]) => ({ kind, name: kind, bytes: Buffer.from(content) }));
}

/**
 * Files of every format that is read.
 * @param scratch - path of a file that may be overwritten
 */
export const corpus = (scratch: string): Original[] => [
  ...eerFiles(),
  ...TIFFS.map((variant, i) => ({
    kind: 'movie' as const,
    name: `TIFF ${i} ${variant.pixelType}`,
    bytes: buildTiff(variant, i === 6 ? FRAMES.map((frame) => frame.slice(0, 12 * 18)) : FRAMES),
  })),
  ...mrcFiles(scratch),
  ...dmFiles(),
  ...textFiles(),
];
