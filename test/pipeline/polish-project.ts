import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BATCH_VERSION } from '../../src/contract/batch.ts';
import type { ParameterValues } from '../../src/contract/parameters.ts';
import type { ResultRecord } from '../../src/contract/record.ts';
import { createMrcStackWriter } from '../../src/formats/mrc/write.ts';
import { type ParsedStarBlock, parseStar } from '../../src/formats/star/parse.ts';
import { formatStar, type StarBlock } from '../../src/formats/star/write.ts';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';
import { registerPrograms } from '../../src/pipeline/adapter.ts';
import { builtinAdapter } from '../../src/pipeline/builtin.ts';
import { enginePictures } from '../../src/pipeline/pictures.ts';
import { recipeFromParameters } from '../../src/pipeline/recipe.ts';
import { readRecord } from '../../src/pipeline/record-file.ts';
import { outputFoldersOf } from '../../src/pipeline/run.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { correctedStar, ctfStar, micrographRow } from '../../src/pipeline/session-stars.ts';
import { poisson } from '../engine/motion/synthetic-movie.ts';
import { identityOf } from '../support/movies.ts';
import { randomNumbers } from '../support/random.ts';

// A RELION project with a known reference and one movie of its particles, which have known positions, the same
// orientation and no CTF. It suffices for RELION to extract and polish the particles from the outputs.

/** Whether RELION is installed. */
export const hasPolishing = existsSync('/usr/bin/relion_motion_refine');

export const WIDTH = 640;
export const HEIGHT = 512;
export const FRAMES = 12;
/** Box size of the reference, pixels of the movie; a pixel is 1 A. */
export const BOX = 64;
/** Mean counts per pixel per frame. */
const COUNTS = 12;
const CONTRAST = 0.1;
/** Distance from its centre beyond which a blob is negligible, pixels. */
const BLOB_RADIUS = 12;

type Pair = readonly [number, number];
/** Fraction of the motion that is completed at a frame. */
const progress = (frame: number) => 1 - (1 - frame / (FRAMES - 1)) ** 2;

/**
 * Motion of the content at a position (fractions of the frame, -0.5..0.5) since the first frame, pixels; y
 * upwards, in the order of the rows.
 */
export const motionAt = (frame: number, x: number, y: number): Pair => [
  (2 + 3 * x - 4 * y) * progress(frame),
  (-6 + 5 * y + 2 * x) * progress(frame),
];

const random = randomNumbers(5);
const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const blobs = Array.from({ length: 25 }, () => ({
  x: 7 * gaussian(),
  y: 7 * gaussian(),
  z: 7 * gaussian(),
  sigma: 1.5 + 1.5 * random(),
}));

/** Centres of the particles in the first frame, pixels of the movie. */
export const PARTICLES = Array.from({ length: 48 }, (_, i): Pair => {
  const coordinate = (step: number, n: number) => 2 * Math.round((60 + step * n + 6 * (random() - 0.5)) / 2);
  return [coordinate(74, i % 8), coordinate(78, Math.floor(i / 8))];
});

/**
 * Projection of the reference at (x, y) from its centre. Multiplied by CONTRAST, it is the fraction of the
 * beam that a particle absorbs.
 */
export const projectionAt = (x: number, y: number): number =>
  blobs.reduce(
    (sum, b) => sum + (b.sigma / 1.5) * Math.exp(-((x - b.x) ** 2 + (y - b.y) ** 2) / (2 * b.sigma ** 2)),
    0,
  );

/**
 * @param sensitivity - counts per electron of each pixel
 * @param spoil - sets pixels of each frame after counting
 */
export function writeParticleMovie(
  path: string,
  sensitivity: Float32Array | null,
  spoil: (frame: Uint8Array) => void,
): void {
  const shape = { width: WIDTH, height: HEIGHT };
  const writer = createTiffWriter(path, { ...shape, pixelType: 'u8', compression: 'lzw' });
  for (let frame = 0; frame < FRAMES; frame++) {
    const beam = new Float32Array(WIDTH * HEIGHT).fill(1);
    for (const [px, py] of PARTICLES) {
      const [mx, my] = motionAt(frame, px / WIDTH - 0.5, py / HEIGHT - 0.5);
      for (const blob of blobs) {
        const [cx, cy] = [px + mx + blob.x, py + my + blob.y];
        const height = (CONTRAST * blob.sigma) / 1.5;
        for (let y = Math.max(0, Math.ceil(cy - BLOB_RADIUS)); y < Math.min(HEIGHT, cy + BLOB_RADIUS); y++)
          for (let x = Math.max(0, Math.ceil(cx - BLOB_RADIUS)); x < Math.min(WIDTH, cx + BLOB_RADIUS); x++)
            beam[y * WIDTH + x]! -=
              height * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * blob.sigma ** 2));
      }
    }
    const counts = Uint8Array.from(beam, (transmission, i) =>
      Math.min(255, poisson(COUNTS * Math.max(0.05, transmission) * (sensitivity?.[i] ?? 1), random)),
    );
    spoil(counts);
    writer.appendFrame(counts);
  }
  writer.finish();
}

/** Writes two half maps of the reference, with different noise, into the project. */
function writeReferences(directory: string): void {
  for (const half of [1, 2]) {
    const writer = createMrcStackWriter(join(directory, `half${half}.mrc`), {
      width: BOX,
      height: BOX,
      mode: 2,
      pixelSizeA: 1,
    });
    const axis = Array.from({ length: BOX }, (_, i) => i - BOX / 2);
    for (const z of axis) {
      const slice = axis.flatMap((y) =>
        axis.map((x) =>
          blobs.reduce(
            (sum, b) =>
              sum + Math.exp(-((x - b.x) ** 2 + (y - b.y) ** 2 + (z - b.z) ** 2) / (2 * b.sigma ** 2)),
            0.05 * gaussian(),
          ),
        ),
      );
      writer.appendFrame(new Uint8Array(Float32Array.from(slice).buffer));
    }
    writer.finish();
  }
}

/**
 * Runs our pipeline on `raw/movie_fractions.tiff` of the project and writes the session's tables, as for a
 * finished session.
 */
export async function processProject(
  directory: string,
  parameters: Partial<ParameterValues>,
  references: { gainPath: string | null; defectMapPath: string | null },
): Promise<ResultRecord> {
  const [rawDir, processedDir] = [join(directory, 'raw'), join(directory, 'processed')];
  mkdirSync(processedDir, { recursive: true });
  const tools = {
    programs: registerPrograms(builtinAdapter('test')),
    pictures: enginePictures,
    serviceVersion: 'test',
  };
  await runBatch(
    {
      version: BATCH_VERSION,
      token: 'polish-test',
      rawDir,
      processedDir,
      executor: 'test',
      threads: 1,
      recipe: recipeFromParameters(
        { apix: 1, kev: 300, fmdose: 1.5, patch: '4x4', ...parameters },
        references,
      ),
      movies: [{ ...identityOf(rawDir, 'movie_fractions.tiff', 'movie'), attempt: 1 }],
    },
    tools,
  );
  const record = (await readRecord(outputFoldersOf({ processedDir }), 'movie'))!;
  if (record.outcome.status !== 'ok') throw new Error(record.outcome.message);
  const rows = [micrographRow(record)!];
  writeFileSync(join(processedDir, 'corrected_micrographs.star'), correctedStar(rows));
  writeFileSync(join(processedDir, 'micrographs_ctf.star'), ctfStar(rows));
  writeReferences(directory);
  return record;
}

const runProgram = (directory: string, program: string, args: readonly string[]): string =>
  execFileSync(program, args, { cwd: directory, stdio: 'pipe', encoding: 'utf8' });

/**
 * Makes RELION extract the particles from the micrograph in the session's table, and writes `particles.star`
 * for polishing.
 * @param firstFrame - 0-based frame in which the particles are at their positions in the micrograph
 * @returns the positions after RELION has rounded them to whole pixels of the micrograph, in fractions of the
 * frame, -0.5..0.5
 */
export function extractParticles(directory: string, binning: number, firstFrame: number): Pair[] {
  const picks = join(directory, 'picks', 'processed');
  mkdirSync(picks, { recursive: true });
  const rows = PARTICLES.map(([x, y]) => {
    const [mx, my] = motionAt(firstFrame, x / WIDTH - 0.5, y / HEIGHT - 0.5);
    return [(x + mx) / binning, (y + my) / binning];
  });
  const columns = ['rlnCoordinateX', 'rlnCoordinateY'];
  writeFileSync(join(picks, 'movie_DW_pick.star'), formatStar([{ name: '', columns, rows }]));
  const blocks = extract(directory, 'corrected_micrographs.star', BOX / binning);
  const [optics, particles] = ['optics', 'particles'].map((n) => blocks.find(({ name }) => name === n)!);
  // Pure amplitude contrast, in focus: the transfer function is 1.
  const opticsRows = optics!.rows.map((row) =>
    row.map((value, i) => {
      const label = optics!.columns[i];
      return label === 'rlnSphericalAberration' ? '0' : label === 'rlnAmplitudeContrast' ? '0.999999' : value;
    }),
  );
  const zeros = [
    'rlnDefocusU',
    'rlnDefocusV',
    'rlnDefocusAngle',
    'rlnAngleRot',
    'rlnAngleTilt',
    'rlnAnglePsi',
  ];
  const addedColumns = [...zeros, 'rlnOriginXAngst', 'rlnOriginYAngst', 'rlnRandomSubset'];
  const particleRows = particles!.rows.map((row, i) => [...row, ...Array(8).fill(0), 1 + (i % 2)]);
  const table: StarBlock[] = [
    { name: 'optics', columns: optics!.columns, rows: opticsRows },
    { name: 'particles', columns: [...particles!.columns, ...addedColumns], rows: particleRows },
  ];
  writeFileSync(join(directory, 'particles.star'), formatStar(table));
  const shells = Array.from({ length: BOX / 2 + 1 }, (_, i) => {
    const correlation = 1 / (1 + Math.exp((i - 14) / 1.5));
    return [i, i / BOX, i ? BOX / i : 999, correlation, correlation];
  });
  const fsc: StarBlock = {
    name: 'fsc',
    columns: [
      'rlnSpectralIndex',
      'rlnResolution',
      'rlnAngstromResolution',
      'rlnFourierShellCorrelationCorrected',
      'rlnFourierShellCorrelationUnmaskedMaps',
    ],
    rows: shells,
  };
  writeFileSync(
    join(directory, 'fsc.star'),
    formatStar([{ name: 'general', pairs: [['rlnFinalResolution', 4]] }, fsc]),
  );
  const [x, y] = columns.map((label) => particles!.columns.indexOf(label)) as [number, number];
  return particles!.rows.map(
    (row): Pair => [(Number(row[x]) * binning) / WIDTH - 0.5, (Number(row[y]) * binning) / HEIGHT - 0.5],
  );
}

/**
 * Extracts particles at existing picks, with one of the session's tables; returns the blocks of
 * `Extract/particles.star`.
 */
export function extract(directory: string, table: string, box: number): ParsedStarBlock[] {
  const flags = [
    ['--i', `processed/${table}`, '--coord_dir', 'picks/', '--coord_suffix', '_pick.star'],
    ['--part_star', 'Extract/particles.star', '--part_dir', 'Extract/', '--extract'],
    ['--extract_size', `${box}`, '--norm', '--bg_radius', `${0.45 * box}`, '--invert_contrast'],
  ];
  runProgram(directory, 'relion_preprocess', flags.flat());
  return parseStar(readFileSync(join(directory, 'Extract', 'particles.star'), 'utf8'));
}

/** Polishes the particles. Returns their trajectories, Angstrom, relative to the first polished frame. */
export function polish(directory: string, flags: readonly string[]): (readonly Pair[])[] {
  const inputs = '--i particles.star --f fsc.star --corr_mic processed/corrected_micrographs.star'.split(' ');
  const maps = '--m1 half1.mrc --m2 half2.mrc --angpix_ref 1 --fdose 1.5 --o Polish/'.split(' ');
  runProgram(directory, 'relion_motion_refine', [...inputs, ...maps, ...flags]);
  const star = readFileSync(join(directory, 'Polish', 'processed', 'movie_DW_tracks.star'), 'utf8');
  return parseStar(star)
    .filter(({ rows }) => rows.length > 0)
    .map(({ rows }) => {
      const path = rows.map(([x, y]) => [Number(x), Number(y)] as const);
      const [x0, y0] = path[0]!;
      return path.map(([x, y]) => [x - x0, y - y0] as const);
    });
}
