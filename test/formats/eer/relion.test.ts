import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { frameBytes } from '../../../src/formats/pixels.ts';
import { buildEer, EIGHT_BIT, type Electron, SEVEN_BIT, streamOf } from '../../support/formats/eer-file.ts';
import { temporaryDirectory } from '../temporary.ts';

/** RELION's program that renders EER movies. It reads the two fixed codings of a 4096x4096 sensor. */
const PROGRAM = '/usr/bin/relion_convert_to_tiff';
const isRelionMissing = !existsSync(PROGRAM);
const SIDE = 4096;
const pathOf = temporaryDirectory();

function electrons(seed: number): Electron[] {
  const nextUint32 = createRandom(seed).uint32;
  const positions = new Set(Array.from({ length: 40_000 }, () => nextUint32() % (SIDE * SIDE)));
  return [...positions]
    .sort((a, b) => a - b)
    .map((p) => ({
      x: p % SIDE,
      y: Math.floor(p / SIDE),
      quarterX: nextUint32() % 4,
      quarterY: nextUint32() % 4,
    }));
}

describe.skipIf(isRelionMissing)(
  `EER rendering compared with RELION${isRelionMissing ? ' [RELION is not installed]' : ''}`,
  () => {
    it.each([
      ['8-bit runs, not upsampled', EIGHT_BIT, 1],
      ['7-bit runs, upsampled by 2', SEVEN_BIT, 2],
    ] as const)(
      '%s',
      (name, coding, upsampling) => {
        const streams = [1, 2].map((seed) => streamOf(coding, SIDE, SIDE, electrons(seed)));
        const base = `movie-${coding.runBits}`;
        const path = pathOf(`${base}.eer`);
        writeFileSync(path, buildEer({ width: SIDE, height: SIDE, coding }, streams));
        const flags = [
          '--i',
          `${base}.eer`,
          '--o',
          'out/',
          '--eer_grouping',
          '2',
          '--eer_upsampling',
          `${upsampling}`,
        ];
        execFileSync(PROGRAM, [...flags, '--compression', 'none'], { stdio: 'pipe', cwd: pathOf('') });
        const engineReader = openMovie(path, { eer: { framesPerFraction: 2, upsampling } });
        const relionReader = openMovie(pathOf(`out/${base}.tif`));
        expect([relionReader.width, relionReader.height, relionReader.frames]).toEqual([
          engineReader.width,
          engineReader.height,
          1,
        ]);
        const [a, b] = [engineReader, relionReader].map((reader) => {
          const out = new Uint8Array(frameBytes(reader));
          reader.readFrame(0, out);
          reader.close();
          return out;
        }) as [Uint8Array, Uint8Array];
        expect(Buffer.compare(a, b), name).toBe(0);
      },
      60_000,
    );
  },
);
