import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultRecord } from '../../src/contract/record.ts';
import { localShift } from '../../src/engine/motion/local-model.ts';
import { orientGain } from '../../src/engine/motion/orient.ts';
import { openMovie } from '../../src/formats/open.ts';
import { parseStar } from '../../src/formats/star/parse.ts';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';
import { randomNumbers } from '../support/random.ts';
import {
  BOX,
  extract,
  extractParticles,
  FRAMES,
  HEIGHT,
  hasPolishing,
  motionAt,
  PARTICLES,
  polish,
  processProject,
  projectionAt,
  WIDTH,
  writeParticleMovie,
} from './polish-project.ts';

const top = mkdtempSync(join(tmpdir(), 'relion-polish-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

type Positions = readonly (readonly [number, number])[];
type Paths = (readonly (readonly [number, number])[])[];
/**
 * Root mean square and maximum distance of trajectories from the expected ones, Angstrom, both relative to
 * the first frame.
 */
function distances(paths: Paths, expected: (particle: number, frame: number) => readonly [number, number]) {
  let [squares, largest, count] = [0, 0, 0];
  paths.forEach((path, particle) => {
    const start = expected(particle, 0);
    path.forEach(([x, y], frame) => {
      const [tx, ty] = expected(particle, frame);
      const distance = Math.hypot(x - tx + start[0], y - ty + start[1]);
      squares += distance ** 2;
      largest = Math.max(largest, distance);
      count++;
    });
  });
  return { rms: Math.sqrt(squares / count), largest };
}

/** Motion of a particle in our record, pixels of the movie; frame 0 is the first frame that is used. */
const recordedMotion = (record: ResultRecord, positions: Positions) => (particle: number, frame: number) => {
  const { shiftsPixels, local } = record.motion!;
  const model = { x: local!.coefficientsX, y: local!.coefficientsY };
  const [x, y] = localShift(model, frame, ...positions[particle]!);
  const [shiftX, shiftY] = shiftsPixels[frame]!;
  return [shiftX + x, shiftY + y] as const;
};

/**
 * Correlation of a stack of particles with their common projection: `mean` is that of their average, `single`
 * the average over the individual particles.
 */
function projectionCorrelation(path: string): { mean: number; single: number } {
  const reader = openMovie(path);
  const { width, frames } = reader;
  const scale = BOX / width;
  const truth = Float64Array.from({ length: width * width }, (_, index) =>
    projectionAt(((index % width) - width / 2) * scale, (Math.floor(index / width) - width / 2) * scale),
  );
  const mean = new Float64Array(width * width);
  const frame = new Float32Array(width * width);
  let single = 0;
  for (let i = 0; i < frames; i++) {
    reader.readFrame(i, new Uint8Array(frame.buffer));
    single += correlation(frame, truth) / frames;
    frame.forEach((value, index) => {
      mean[index]! += value / frames;
    });
  }
  reader.close();
  return { mean: correlation(mean, truth), single };
}

function correlation(a: Float32Array | Float64Array, b: Float64Array): number {
  const meanOf = (values: ArrayLike<number>) => Array.from(values).reduce((x, y) => x + y, 0) / values.length;
  const [ma, mb] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, i) => {
    ab += (value - ma) * (b[i]! - mb);
    aa += (value - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}

function createProject(
  name: string,
  sensitivity: Float32Array | null,
  spoil = (_: Uint8Array) => {},
): string {
  const directory = join(top, name);
  mkdirSync(join(directory, 'raw'), { recursive: true });
  writeParticleMovie(join(directory, 'raw', 'movie_fractions.tiff'), sensitivity, spoil);
  return directory;
}

const skipNote = hasPolishing ? '' : ' [skipped: RELION is not installed]';

describe.skipIf(!hasPolishing)(`RELION polishes a TIFF movie from our outputs${skipNote}`, () => {
  let directory: string;
  let record: ResultRecord;
  let positions: Positions;
  beforeAll(async () => {
    directory = createProject('plain', null);
    record = await processProject(directory, {}, { gainPath: null, defectMapPath: null });
    positions = extractParticles(directory, 1, 0);
  });

  it('extracts the particles from the micrograph at their positions', () => {
    expect(
      projectionCorrelation(join(directory, 'Extract', 'processed', 'movie_DW.mrcs')).mean,
    ).toBeGreaterThan(0.95);
  });

  it('assigns the fit in micrographs_ctf.star to the particles', () => {
    const particles = extract(directory, 'micrographs_ctf.star', BOX).find((b) => b.name === 'particles')!;
    const values = (label: string) =>
      particles.rows.map((row) => Number(row[particles.columns.indexOf(label)]));
    expect(particles.rows).toHaveLength(PARTICLES.length);
    for (const value of values('rlnDefocusU')) expect(value).toBeCloseTo(record.ctf!.defocusUA, 2);
    for (const value of values('rlnDefocusAngle'))
      expect(value).toBeCloseTo(record.ctf!.astigmatismAngleDeg, 2);
  });

  it('begins with the motion in the STAR file, whole-frame and local, at each particle', () => {
    const initialTrajectories = polish(directory, ['--max_iters', '0']);
    expect(initialTrajectories).toHaveLength(PARTICLES.length);
    expect(distances(initialTrajectories, recordedMotion(record, positions)).largest).toBeLessThan(0.001);
    // This is also the true motion: y points upwards, although row 0 of a TIFF file is at the top.
    expect(distances(initialTrajectories, (p, frame) => motionAt(frame, ...positions[p]!)).rms).toBeLessThan(
      0.3,
    );
  });

  it('ends with the true motion, and particles that show the reference', () => {
    const polishedTrajectories = polish(directory, ['--combine_frames']);
    expect(distances(polishedTrajectories, (p, frame) => motionAt(frame, ...positions[p]!)).rms).toBeLessThan(
      0.5,
    );
    const shiny = join(directory, 'Polish', 'processed', 'movie_DW_shiny.mrcs');
    expect(projectionCorrelation(shiny).mean).toBeGreaterThan(0.95);
  });
});

describe.skipIf(!hasPolishing)(
  `RELION polishes a binned movie with skipped frames, a rotated gain and defects${skipNote}`,
  () => {
    let directory: string;
    let record: ResultRecord;
    let positions: Positions;
    /** A column and pixels away from all particles. */
    const DEFECT = { column: 10, pixels: [77, 2, 78, 2] };
    /** First frame that is used, 0-based. */
    const FIRST_FRAME = 2;
    beforeAll(async () => {
      const noise = randomNumbers(8);
      const gain = Float32Array.from({ length: WIDTH * HEIGHT }, () => 0.6 + 0.8 * noise());
      directory = createProject(
        'binned',
        gain.map((value) => 1 / value),
        (frame) => {
          for (let y = 0; y < HEIGHT; y++) frame[y * WIDTH + DEFECT.column] = 250;
          for (let i = 0; i < 4; i += 2)
            // counted from the top, as in SerialEM
            frame[(HEIGHT - 1 - DEFECT.pixels[i + 1]!) * WIDTH + DEFECT.pixels[i]!] = 250;
        },
      );
      const uprightGain = { width: WIDTH, height: HEIGHT, data: gain, pixelSizeA: null };
      const rotatedGain = orientGain(uprightGain, { rotate: 3, flip: 0 });
      const gainPath = join(directory, 'raw', 'camera_gain.tiff');
      const shape = { width: rotatedGain.width, height: rotatedGain.height };
      const writer = createTiffWriter(gainPath, { ...shape, pixelType: 'f32', compression: 'lzw' });
      writer.appendFrame(new Uint8Array(rotatedGain.data.buffer));
      writer.finish();
      const defectMapPath = join(directory, 'raw', 'defects.txt');
      writeFileSync(defectMapPath, `BadColumns ${DEFECT.column}\nBadPixels ${DEFECT.pixels.join(' ')}\n`);
      const parameters = { superresolution: true, throw: FIRST_FRAME, trunc: 1, rotgain: 1 } as const;
      record = await processProject(directory, parameters, { gainPath, defectMapPath });
      // The session is moved, because sessions are often archived before polishing.
      renameSync(directory, `${directory}-moved`);
      directory = `${directory}-moved`;
      positions = extractParticles(directory, 2, FIRST_FRAME);
    });

    it('finds gain and defects in files that need no rotation', () => {
      const star = readFileSync(join(directory, 'processed', 'movie.star'), 'utf8');
      const { pairs } = parseStar(star).find(({ name }) => name === 'general')!;
      const folder = 'processed/references';
      expect(pairs.get('rlnMicrographMovieName')).toBe('raw/movie_fractions.tiff');
      expect(pairs.get('rlnMicrographGainName')).toMatch(new RegExp(`^${folder}/gain-[0-9a-f]{8}\\.mrc$`));
      expect(pairs.get('rlnMicrographDefectFile')).toMatch(
        new RegExp(`^${folder}/defects-[0-9a-f]{8}\\.mrc$`),
      );
      expect(pairs.get('rlnMicrographBinning')).toBe('2');
      expect(pairs.get('rlnMicrographStartFrame')).toBe('3');
      expect(Object.values(record.files).some((name) => name.includes('references'))).toBe(false);
    });

    const usedFrames = ['--first_frame', '3', '--last_frame', `${FRAMES - 1}`];

    it('begins with the motion in the STAR file, in pixels of the movie', () => {
      const initialTrajectories = polish(directory, ['--max_iters', '0', ...usedFrames]);
      expect(initialTrajectories[0]).toHaveLength(FRAMES - 3);
      expect(distances(initialTrajectories, recordedMotion(record, positions)).largest).toBeLessThan(0.001);
      expect(
        distances(initialTrajectories, (p, frame) => motionAt(frame + FIRST_FRAME, ...positions[p]!)).rms,
      ).toBeLessThan(0.4);
    });

    it('ends with the true motion, and particles that show the reference', () => {
      const polishedTrajectories = polish(directory, ['--combine_frames', ...usedFrames]);
      expect(
        distances(polishedTrajectories, (p, frame) => motionAt(frame + FIRST_FRAME, ...positions[p]!)).rms,
      ).toBeLessThan(0.5);
      const shiny = join(directory, 'Polish', 'processed', 'movie_DW_shiny.mrcs');
      const result = projectionCorrelation(shiny);
      expect(result.mean).toBeGreaterThan(0.95);
      // The gain is applied correctly: without it, single particles correlate less with the projection.
      const star = join(directory, 'processed', 'movie.star');
      const text = readFileSync(star, 'utf8');
      writeFileSync(star, text.replace(/^_rlnMicrographGainName.*$/m, ''));
      polish(directory, ['--combine_frames', ...usedFrames]);
      writeFileSync(star, text);
      expect(projectionCorrelation(shiny).single).toBeLessThan(result.single - 0.05);
    });
  },
);
