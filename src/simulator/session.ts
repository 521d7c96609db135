import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createRandom } from '../base/random.ts';
import { CodedError } from '../contract/errors.ts';
import { reverseRows } from '../formats/pixels.ts';
import { createTiffWriter } from '../formats/tiff/write.ts';
import { epuNames, epuTime } from './epu-names.ts';
import { epuImageXml, epuSessionXml } from './epu-xml.ts';
import { chooseFault, type FaultRule } from './faults.ts';
import { createDetector, type Detector } from './gain.ts';
import { DEFAULT_ROUTE, type GridRoute, gridPosition, settingsAt, targetDefocusUm } from './grid.ts';
import { type MovieFacts, simulateMovie } from './movie.ts';
import { DEFAULT_MOVIE, type MovieSettings } from './settings.ts';
import { pause, trickle } from './trickle.ts';
import { type MovieTruth, readTruth, type SessionTruth, TRUTH_FILE, writeTruth } from './truth.ts';

export interface SimulateSessionOptions extends Partial<MovieSettings> {
  /** `<top>/<project>/sessions/<user>/<session>`; `raw/` and `truth.json` are created in it. */
  readonly sessionDir: string;
  /** Number of movies to add; Infinity: until `signal` aborts. */
  readonly movies: number;
  /** Time from the start of one movie to the start of the next. */
  readonly intervalMs?: number;
  /** Integer. Default 1. */
  readonly seed?: number;
  /** Route over the grid. Default: 10 holes per square, 4 movies per hole. */
  readonly route?: GridRoute;
  /** Time of the first movie in names and metadata. Default: now. Needed for reproducible names. */
  readonly startedAt?: Date;
  /** Time during which each movie grows under its final name; 0 (default): it appears complete. */
  readonly trickleMs?: number;
  readonly faults?: readonly FaultRule[];
  /** wrong-size: half the width and height. none: the movies need no gain correction. Default: good. */
  readonly gain?: 'good' | 'wrong-size' | 'none';
  /** Stops the microscope; the current movie is either finished or removed. */
  readonly signal?: AbortSignal;
  /** Called after each movie, when it is complete on disk and in `truth.json`. */
  readonly onMovie?: (movie: MovieTruth) => void;
}

/**
 * A running microscope: writes an EPU-like directory tree under `raw/`, one movie after another, and the true
 * values to `truth.json`, which is replaced after each movie. Further movies of the same detector are
 * added to an existing session.
 * @returns the true values of the whole session; `finished` is false if the signal stopped the simulation
 * @throws CodedError BAD_PARAMETERS if the session was simulated with another seed or size; DISK_FULL,
 * OUTPUT_NOT_WRITABLE
 */
export async function simulateSession(options: SimulateSessionOptions): Promise<SessionTruth> {
  const { sessionDir, seed = 1, intervalMs = 0, signal } = options;
  const startedAt = options.startedAt ?? new Date();
  const truthPath = join(sessionDir, TRUTH_FILE);
  await mkdir(join(sessionDir, 'raw'), { recursive: true });
  // On the same file system as raw, so that a complete movie appears by a rename.
  const stagingDir = join(sessionDir, `.simulator-${randomUUID()}`);
  await mkdir(stagingDir);
  try {
    const detector = sessionDetector(options, seed);
    let truth =
      continueSession(await readTruth(truthPath), detector, seed, truthPath) ??
      (await startSession(options, detector, seed, startedAt, stagingDir));
    await writeTruth(truthPath, truth);
    const startMs = performance.now();
    for (let addedMovies = 0; addedMovies < options.movies; addedMovies++) {
      await pause(startMs + addedMovies * intervalMs - performance.now(), signal);
      if (signal?.aborted) return truth;
      const acquiredAt = new Date(startedAt.getTime() + addedMovies * intervalMs);
      const movie = await recordMovie(
        options,
        detector,
        seed,
        truth.movies.length + 1,
        acquiredAt,
        stagingDir,
      );
      if (movie === null) return truth;
      truth = { ...truth, movies: [...truth.movies, movie] };
      await writeTruth(truthPath, truth);
      options.onMovie?.(movie);
    }
    truth = { ...truth, finished: true };
    await writeTruth(truthPath, truth);
    return truth;
  } finally {
    await rm(stagingDir, { recursive: true, force: true });
  }
}

/** Suffixes that EPU adds to a movie's name. */
const SUFFIXES = { tiff: '_fractions.tiff', mrc: '_fractions.mrc', eer: '_EER.eer' } as const;

function sessionDetector(options: SimulateSessionOptions, seed: number): Detector {
  const { width = DEFAULT_MOVIE.width, height = DEFAULT_MOVIE.height } = options;
  const detector = createDetector({ width, height, seed });
  if (options.gain !== 'none') return detector;
  return {
    ...detector,
    gain: detector.gain.map(() => 1),
    sensitivity: detector.gain.map(() => 1),
    deadPixels: [],
  };
}

function continueSession(
  truth: SessionTruth | null,
  detector: Detector,
  seed: number,
  truthPath: string,
): SessionTruth | null {
  if (truth === null) return null;
  const { width, height } = detector;
  if (truth.seed !== seed || truth.width !== width || truth.height !== height)
    throw new CodedError('BAD_PARAMETERS', 'The session was simulated with another seed or size.', {
      file: truthPath,
      expected: `seed ${truth.seed}, ${truth.width}x${truth.height}`,
      found: `seed ${seed}, ${width}x${height}`,
    });
  return { ...truth, finished: false };
}

async function startSession(
  options: SimulateSessionOptions,
  detector: Detector,
  seed: number,
  startedAt: Date,
  stagingDir: string,
): Promise<SessionTruth> {
  const { sessionDir, gain = 'good' } = options;
  const { width, height, hotPixels, deadPixels } = detector;
  await writeFile(join(sessionDir, 'raw', 'EpuSession.dm'), epuSessionXml(basename(sessionDir), startedAt));
  const initialTruth = {
    version: 1,
    seed,
    width,
    height,
    hotPixels,
    deadPixels,
    movies: [],
    finished: false,
  } as const;
  if (gain === 'none') return { ...initialTruth, gain: null };
  const reference =
    gain === 'good'
      ? detector
      : createDetector({ width: Math.floor(width / 2), height: Math.floor(height / 2), seed });
  // The counts of EER movies are multiplied by a gain reference with this extension.
  const name =
    options.format === 'eer'
      ? `${epuTime(startedAt)}_EER_GainReference.gain`
      : `${epuTime(startedAt)}_gain.tiff`;
  writeGain(join(stagingDir, name), reference);
  await rename(join(stagingDir, name), join(sessionDir, 'raw', name));
  return { ...initialTruth, gain: { path: `raw/${name}`, width: reference.width, height: reference.height } };
}

/**
 * Writes a 32-bit float TIFF by which counts are multiplied, in the orientation of the movies. A file with
 * the extension `.gain` has the row order of EER files, as EPU writes it: bottom row first.
 */
export function writeGain(path: string, detector: Detector): void {
  const { width, height } = detector;
  const gain = detector.gain.slice();
  if (path.endsWith('.gain')) reverseRows(gain, width);
  const writer = createTiffWriter(path, { width, height, pixelType: 'f32', compression: 'none' });
  writer.appendFrame(new Uint8Array(gain.buffer, gain.byteOffset, gain.byteLength));
  writer.finish();
}

/** @returns null if the signal aborted before the movie was complete */
async function recordMovie(
  options: SimulateSessionOptions,
  detector: Detector,
  seed: number,
  number: number,
  acquiredAt: Date,
  stagingDir: string,
): Promise<MovieTruth | null> {
  const { sessionDir, signal, trickleMs = 0 } = options;
  const position = gridPosition(seed, number, options.route ?? DEFAULT_ROUTE);
  const { folder, base } = epuNames(seed, position, acquiredAt);
  const path = `raw/${folder}/${base}${SUFFIXES[options.format ?? DEFAULT_MOVIE.format]}`;
  const stagedPath = join(stagingDir, basename(path));
  const targetPath = join(sessionDir, path);
  const fault = chooseFault(options.faults ?? [], seed, number);
  const movieSeed = Math.floor(createRandom(seed, 12, number).uniform() * 2 ** 32);
  let facts: MovieFacts;
  try {
    const settings = { ...options, ...settingsAt(position, options) };
    facts = await simulateMovie({ ...settings, path: stagedPath, seed: movieSeed, detector, fault });
  } catch (error) {
    if (error instanceof CodedError && error.code === 'CANCELLED') return null;
    throw error;
  }
  const { size } = await stat(stagedPath);
  const truth = movieTruth(facts, {
    number,
    path,
    base,
    acquiredAt: acquiredAt.toISOString(),
    bytes: size,
    targetDefocusUm: targetDefocusUm(position, options),
    stageUm: position.stageUm,
    beamShift: position.beamShift,
  });
  await mkdir(dirname(targetPath), { recursive: true });
  const xmlPath = join(stagingDir, `${base}.xml`);
  await writeFile(xmlPath, epuImageXml(truth, seed));
  await rename(xmlPath, join(sessionDir, 'raw', folder, `${base}.xml`));
  if (trickleMs > 0) {
    await trickle(stagedPath, targetPath, { durationMs: trickleMs, ...(signal ? { signal } : {}) });
    await rm(stagedPath);
  } else {
    await rename(stagedPath, targetPath);
  }
  return truth;
}

function movieTruth(
  facts: MovieFacts,
  context: Pick<
    MovieTruth,
    'number' | 'path' | 'base' | 'acquiredAt' | 'bytes' | 'targetDefocusUm' | 'stageUm' | 'beamShift'
  >,
): MovieTruth {
  const { settings, ...rest } = facts;
  const { format, width, height, frames, pixelSizeA, voltageKv, csMm, amplitudeContrast } = settings;
  return {
    ...context,
    format,
    width,
    height,
    frames,
    pixelSizeA,
    voltageKv,
    csMm,
    amplitudeContrast,
    ...(format === 'eer' ? { eerFramesPerFraction: settings.eerFramesPerFraction } : {}),
    phaseShiftDeg: settings.phaseShiftDeg,
    dosePerFrameEA2: settings.dosePerFrameEA2,
    totalDoseEA2: settings.dosePerFrameEA2 * settings.frames,
    iceRing: settings.iceRing,
    ...rest,
  };
}
