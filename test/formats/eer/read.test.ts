import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EerOptions } from '../../../src/formats/eer/grouping.ts';
import { inspectMovie, openMovie } from '../../../src/formats/open.ts';
import { frameBytes } from '../../../src/formats/pixels.ts';
import {
  buildEer,
  bytesOf,
  type Container,
  EIGHT_BIT,
  type Electron,
  SEVEN_BIT,
  streamOf,
} from '../../support/formats/eer-file.ts';
import { errorOf, temporaryDirectory } from '../temporary.ts';

const pathOf = temporaryDirectory();
const put = (bytes: Uint8Array): string => {
  writeFileSync(pathOf('movie.eer'), bytes);
  return pathOf('movie.eer');
};

/** Non-zero counts of each fraction, as `x,y` or `x,y*n`. */
function render(bytes: Uint8Array, options: EerOptions = { framesPerFraction: 1 }): string[][] {
  const reader = openMovie(put(bytes), { eer: options });
  try {
    const { width, height, frames, pixelType } = reader;
    return Array.from({ length: frames }, (_, index) => {
      const out = new Uint8Array(frameBytes(reader));
      reader.readFrame(index, out);
      const counts = pixelType === 'u16' ? new Uint16Array(out.buffer) : out;
      return Array.from({ length: width * height }, (_, i) => i)
        .filter((i) => counts[i]! > 0)
        .map((i) => `${i % width},${Math.floor(i / width)}${counts[i] === 1 ? '' : `*${counts[i]}`}`);
    });
  } finally {
    reader.close();
  }
}

const shape = { width: 16, height: 12 } as const;
const buildFile = (container: Partial<Container>, ...frames: (readonly Electron[])[]) => {
  const fullContainer = { ...shape, coding: SEVEN_BIT, ...container };
  return buildEer(
    fullContainer,
    frames.map((electrons) =>
      streamOf(fullContainer.coding, fullContainer.width, fullContainer.height, electrons),
    ),
  );
};
const exampleCoding = { compression: 65002, runBits: 7, xBits: 1, yBits: 1 } as const;

describe('the example in the specification (7 bits of run length, 1 + 1 bits of position, 312 pixels)', () => {
  const bytes = buildEer({ width: 312, height: 1, coding: exampleCoding }, [
    Buffer.from('031bfcb135fb', 'hex'),
  ]);

  it('has electrons at 3, 17, 233 and 311', () => {
    expect(render(bytes)).toEqual([['3,0', '17,0', '233,0', '311,0']]);
  });

  it('has the electrons in the half pixels that the inverted bits encode', () => {
    // Position bits, x then y: 0 1, 0 0, 1 0, 1 0.
    expect(render(bytes, { framesPerFraction: 1, upsampling: 2 })).toEqual([
      ['7,0', '35,1', '466,1', '622,1'],
    ]);
  });
});

describe('single electrons', () => {
  const positions = [
    [0, 0],
    [15, 0],
    [0, 1],
    [7, 7],
    [15, 11],
  ] as const;
  for (const [name, coding] of [
    ['8-bit runs', EIGHT_BIT],
    ['7-bit runs', SEVEN_BIT],
    ['5-bit runs given by a tag', { compression: 65002, runBits: 5, xBits: 2, yBits: 1 }],
  ] as const) {
    it.each(positions)(`${name}: at %i, %i`, (x, y) => {
      expect(render(buildFile({ coding }, [{ x, y }]))).toEqual([[`${x},${y}`]]);
    });
  }

  it('are coded with 7 bits of run length and 4 bits of position, the lowest bit first', () => {
    // Run 3, position 0; then 188 empty pixels: 127 and 61.
    const stream = bytesOf(`1100000${'0000'}${'1111111'}${'1011110'}`);
    expect(render(buildEer({ ...shape, coding: SEVEN_BIT }, [stream]))).toEqual([['3,0']]);
  });

  it.each([126, 127, 128, 253, 254, 255, 256, 381, 510])('can follow a run of %i pixels', (run) => {
    const container = { width: 40, height: 20 };
    const electron = { x: run % 40, y: Math.floor(run / 40) };
    for (const coding of [SEVEN_BIT, EIGHT_BIT])
      expect(render(buildFile({ ...container, coding }, [electron]))).toEqual([
        [`${electron.x},${electron.y}`],
      ]);
  });

  it('do not follow a run of maximum length; only the 8-bit coding has position bits after such a run', () => {
    const eightBit = bytesOf(`${'1'.repeat(8)}0000${'1'.repeat(8)}0000${'01'.padEnd(8, '0')}`);
    expect(render(buildEer({ width: 256, height: 2, coding: EIGHT_BIT }, [eightBit]))).toEqual([[]]);
    const sevenBit = bytesOf(`${'1'.repeat(7)}${'1'.repeat(7)}${'01'.padEnd(7, '0')}`);
    expect(render(buildEer({ width: 128, height: 2, coding: SEVEN_BIT }, [sevenBit]))).toEqual([[]]);
  });

  it('can be adjacent in the corner, without a run between or after them', () => {
    const electrons = [
      { x: 14, y: 11 },
      { x: 15, y: 11 },
    ];
    expect(render(buildFile({}, electrons))).toEqual([['14,11', '15,11']]);
  });
});

describe('the position within a pixel', () => {
  const quarters = [0, 1, 2, 3].flatMap((y) => [0, 1, 2, 3].map((x) => [x, y] as const));
  for (const coding of [SEVEN_BIT, EIGHT_BIT]) {
    it.each(quarters)(`${coding.runBits}-bit runs: quarter %i, %i`, (quarterX, quarterY) => {
      const bytes = buildFile({ coding }, [{ x: 5, y: 3, quarterX, quarterY }]);
      const [x, y] = [10 + (quarterX >> 1), 6 + (quarterY >> 1)];
      expect(render(bytes, { framesPerFraction: 1, upsampling: 2 })).toEqual([[`${x},${y}`]]);
      expect(render(bytes)).toEqual([['5,3']]);
    });
  }

  it('has as many bits along y as along x if the tag for y is absent', () => {
    const coding = { compression: 65002, runBits: 7, xBits: 2, yBits: 2 } as const;
    const bytes = buildFile({ coding, tags: { 65009: undefined } }, [
      { x: 5, y: 3, quarterX: 1, quarterY: 3 },
    ]);
    expect(render(bytes, { framesPerFraction: 1, upsampling: 2 })).toEqual([['10,7']]);
  });

  it('is needed for upsampling', () => {
    const coding = { compression: 65002, runBits: 7, xBits: 0, yBits: 0 } as const;
    const bytes = buildFile({ coding }, [{ x: 5, y: 3 }]);
    expect(render(bytes)).toEqual([['5,3']]);
    expect(errorOf(() => render(bytes, { upsampling: 2 })).code).toBe('MOVIE_UNSUPPORTED');
  });
});

describe('fractions', () => {
  const electron = [{ x: 1, y: 1 }];

  it('are sums of consecutive camera frames; frames that do not fill a fraction are reported and not used', () => {
    const bytes = buildFile({}, electron, [{ x: 2, y: 1 }], electron, electron, []);
    expect(render(bytes, { framesPerFraction: 2 })).toEqual([['1,1', '2,1'], ['1,1*2']]);
    const { warnings, eer } = openMovie(put(bytes), { eer: { framesPerFraction: 2 } });
    expect(warnings).toEqual([
      'Camera frames at the end that do not fill a fraction of 2 camera frames are not used: 1 of 5.',
    ]);
    expect(eer).toEqual({ upsampling: 1, framesPerFraction: 2, cameraFrames: 5, leftOver: 1 });
  });

  it('use 16 bits for counts above 255', () => {
    const bytes = buildFile({}, ...Array.from({ length: 300 }, () => electron));
    expect(render(bytes, { framesPerFraction: 300 })).toEqual([['1,1*300']]);
  });

  it.each([
    [{ dosePerFrameEA2: 0.05, dosePerFractionEA2: 0.5 }, 10],
    [{ totalDoseEA2: 50 }, 2],
    [{ totalDoseEA2: 500 }, 1],
    [{ totalDoseEA2: 1e-3 }, 100],
    [{}, 2],
  ])('have the number of camera frames that %o requires', (options, framesPerFraction) => {
    const bytes = buildFile({}, ...Array.from({ length: 100 }, () => electron));
    expect(openMovie(put(bytes), { eer: options }).eer).toMatchObject({ framesPerFraction });
  });

  it('cannot have more camera frames than the file', () => {
    const error = errorOf(() => openMovie(put(buildFile({}, electron)), { eer: { framesPerFraction: 2 } }));
    expect(error.code).toBe('TOO_FEW_FRAMES');
  });
});

describe('EER files', () => {
  const electrons = [
    { x: 3, y: 0 },
    { x: 4, y: 9 },
  ];

  it.each([
    ['TIFF', { isBigTiff: false }],
    ['BigTIFF', { isBigTiff: true }],
    ['TIFF in strips', { isBigTiff: false, stripCount: 3 }],
    ['BigTIFF in strips', { isBigTiff: true, stripCount: 2 }],
  ])('are read: %s', (_, container) => {
    expect(render(buildFile(container, electrons, electrons))).toEqual([
      ['3,0', '4,9'],
      ['3,0', '4,9'],
    ]);
  });

  it('can have 4096 or 2048 pixels per side', () => {
    for (const side of [4096, 2048]) {
      const bytes = buildFile({ width: side, height: side }, [{ x: side - 1, y: side - 2, quarterX: 2 }]);
      expect(render(bytes)).toEqual([[`${side - 1},${side - 2}`]]);
      const upsampledReader = openMovie(put(bytes), { eer: { upsampling: 2 } });
      const out = new Uint8Array(frameBytes(upsampledReader));
      upsampledReader.readFrame(0, out);
      expect(out.indexOf(1)).toBe((2 * side - 4) * 2 * side + 2 * side - 1);
    }
  });

  it('can have more than 65,535 camera frames', () => {
    const stream = streamOf(SEVEN_BIT, 4, 4, [{ x: 1, y: 2 }]);
    const streams = Array.from({ length: 66_000 }, () => stream);
    const path = put(buildEer({ width: 4, height: 4, coding: SEVEN_BIT, isBigTiff: true }, streams));
    const reader = openMovie(path, { eer: { framesPerFraction: 65_535 } });
    const out = new Uint8Array(frameBytes(reader));
    reader.readFrame(0, out);
    expect(new Uint16Array(out.buffer)[9]).toBe(65_535);
    expect(reader.eer).toMatchObject({ cameraFrames: 66_000, leftOver: 465 });
    reader.close();
  });

  it('have the correct structure', () => {
    const { structure } = inspectMovie(put(buildFile({}, electrons))) as { structure: unknown };
    expect(structure).toMatchObject({ format: 'eer', width: 16, height: 12, frames: 1, pixelType: 'u8' });
  });

  it('have all electrons at their positions, for any coding', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(191), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (positions, runBits, bits, isBigTiff) => {
          const sortedElectrons = positions
            .sort((a, b) => a - b)
            .map((p) => ({ x: p % 16, y: Math.floor(p / 16) }));
          const coding = { compression: 65002, runBits, xBits: bits, yBits: bits } as const;
          expect(render(buildFile({ coding, isBigTiff }, sortedElectrons))).toEqual([
            sortedElectrons.map(({ x, y }) => `${x},${y}`),
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('damaged files', () => {
  const validFile = buildFile({}, [{ x: 3, y: 0 }], [{ x: 4, y: 9 }]);

  it('a file that is cut off anywhere may still grow', () => {
    for (let length = 0; length < validFile.length; length++) {
      const inspection = inspectMovie(put(validFile.subarray(0, length)));
      expect(inspection, `${length} bytes`).toMatchObject({ complete: false, mayGrow: true });
    }
    expect(inspectMovie(put(validFile)).complete).toBe(true);
  });

  it('a stream that ends before the last pixel is reported as corrupt, with the position in the file', () => {
    const bytes = buildEer({ ...shape, coding: SEVEN_BIT }, [bytesOf('1100000000011')]);
    const error = errorOf(() => render(bytes));
    expect(error.code).toBe('MOVIE_CORRUPT');
    expect(error.location).toMatchObject({ field: 'camera frame 0' });
    expect(error.location.offset).toBeGreaterThanOrEqual(8);
    expect(error.message).toContain('ends before the last pixel');
  });

  it('a run beyond the last pixel is reported as corrupt', () => {
    const bytes = buildEer({ ...shape, coding: SEVEN_BIT }, [bytesOf('1'.repeat(14))]);
    expect(errorOf(() => render(bytes)).message).toContain('beyond the last pixel');
  });

  it('frames of different sizes are refused', () => {
    const small = { width: 4, height: 4, coding: SEVEN_BIT };
    const streams = [streamOf(SEVEN_BIT, 16, 12, []), streamOf(SEVEN_BIT, 16, 12, [])];
    const bytes = buildEer({ ...shape, coding: SEVEN_BIT }, streams);
    const widthTag = bytes.lastIndexOf(Buffer.from([0, 1, 4, 0, 1, 0, 0, 0, 16]));
    bytes[widthTag + 8] = small.width;
    expect(errorOf(() => openMovie(put(bytes))).code).toBe('MOVIE_SIZE_MISMATCH');
  });

  it.each([
    [65007, 0],
    [65007, 17],
    [65008, 5],
  ])('tag %i with value %i is refused', (tag, value) => {
    const coding = { compression: 65002, runBits: 7 } as const;
    expect(errorOf(() => openMovie(put(buildFile({ coding, tags: { [tag]: value } }, [])))).code).toBe(
      'MOVIE_CORRUPT',
    );
  });
});
