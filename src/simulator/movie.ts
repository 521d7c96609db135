import { rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRandom } from '../base/random.ts';
import { CodedError } from '../contract/errors.ts';
import { createMrcStackWriter } from '../formats/mrc/write.ts';
import { createTiffWriter } from '../formats/tiff/write.ts';
import { createEerWriter } from './eer-write.ts';
import { appendDirectory, damageFile, type FaultKind } from './faults.ts';
import { createDetector, type Detector } from './gain.ts';
import { type LocalTruth, localTruth } from './local-motion.ts';
import { poisson } from './poisson.ts';
import { createScene } from './scene.ts';
import { DEFAULT_MOVIE, type MovieSettings } from './settings.ts';

export interface SimulateMovieOptions extends Partial<MovieSettings> {
  /** Path of the movie; the file exists when the promise resolves. */
  readonly path: string;
  readonly seed: number;
  /** Default: a detector of the movie's size, created from the seed. */
  readonly detector?: Detector;
  /** Default: no fault. */
  readonly fault?: FaultKind | null;
  readonly signal?: AbortSignal;
}

/** The true values of one movie, without its position in a session. */
export interface MovieFacts {
  readonly settings: MovieSettings;
  readonly defocusUA: number;
  readonly defocusVA: number;
  readonly defocusAngleDeg: number;
  readonly electronsPerPixelFrame: number;
  readonly shiftsPixels: readonly (readonly [number, number])[];
  /** Local motion; null: the frame moves as a whole. */
  readonly localMotion: LocalTruth | null;
  readonly particles: number;
  readonly fault: FaultKind | null;
}

const MAX_COUNT = { tiff: 255, eer: 255, 0: 127, 1: 32767 } as const;

/**
 * Simulates one movie and writes it: specimen, lens, motion, radiation damage, detector,
 * Poisson counts, faults. The same seed gives the same movie. Yields to other work before each frame.
 * @throws CodedError CANCELLED, DISK_FULL, OUTPUT_NOT_WRITABLE; RangeError for a detector of another size, or
 * for a fault that a movie with these settings cannot have
 */
export async function simulateMovie(options: SimulateMovieOptions): Promise<MovieFacts> {
  const { path, seed, fault = null, signal } = options;
  const settings = movieSettings(options, fault);
  const { width, height, frames, pixelSizeA } = settings;
  const detector =
    fault === 'movie-size' || !options.detector ? createDetector({ width, height, seed }) : options.detector;
  if (detector.width !== width || detector.height !== height)
    throw new RangeError(
      `The detector has ${detector.width}x${detector.height} pixels, not ${width}x${height}`,
    );

  const scene = createScene(settings, seed);
  const electronsPerPixelFrame = settings.dosePerFrameEA2 * pixelSizeA * pixelSizeA;
  const contrast = new Float32Array(width * height);
  const toCounts = createCountSampler(detector, settings, electronsPerPixelFrame, seed);
  const writer = createWriter(path, settings, seed);
  const fullSizeFrames = fault === 'frame-size' ? frames - 1 : frames;
  let bytes: Uint8Array = new Uint8Array();
  for (let frame = 0; frame < fullSizeFrames; frame++) {
    await nextTurn();
    if (signal?.aborted) {
      writer.finish();
      rmSync(path);
      throw new CodedError('CANCELLED', 'The simulation of the movie was cancelled.', { file: path });
    }
    scene.render(frame, (frame + 0.5) * settings.dosePerFrameEA2, contrast);
    bytes = toCounts(contrast, fault === 'saturated' && frame === frames >> 1);
    writer.appendFrame(bytes);
  }
  writer.finish();
  if (fault === 'frame-size') appendSmallFrame(path, bytes, width, height);
  if (fault !== null) damageFile(path, fault, seed);
  const { lens, shiftsPixels, local, particles } = scene;
  return {
    settings,
    ...lens,
    electronsPerPixelFrame,
    shiftsPixels,
    particles,
    fault,
    localMotion: local && localTruth(local, settings),
  };
}

function movieSettings(options: Partial<MovieSettings>, fault: FaultKind | null): MovieSettings {
  const definedSettings = Object.entries(options).filter(
    ([key, value]) => key in DEFAULT_MOVIE && value !== undefined,
  );
  const settings: MovieSettings = { ...DEFAULT_MOVIE, ...Object.fromEntries(definedSettings) };
  if (fault === 'frame-size' && (settings.format !== 'tiff' || settings.frames < 2))
    throw new RangeError('Only a TIFF movie of two frames or more can have frames of different sizes');
  if (fault === 'saturated' && settings.format === 'eer')
    throw new RangeError('An EER movie cannot contain a saturated frame');
  if (fault !== 'movie-size') return settings;
  return { ...settings, width: Math.floor(settings.width / 2), height: Math.floor(settings.height / 2) };
}

/**
 * Creates a function that draws the counts of a frame from its contrast, in the movie's pixel type. Each
 * call overwrites the bytes of the previous one.
 */
function createCountSampler(detector: Detector, settings: MovieSettings, electrons: number, seed: number) {
  const { width, height, format, mrcMode } = settings;
  const random = createRandom(seed, 10);
  const maxCount = MAX_COUNT[format === 'mrc' ? mrcMode : format];
  const pixels =
    format === 'mrc' && mrcMode === 1 ? new Int16Array(width * height) : new Uint8Array(width * height);
  const { sensitivity } = detector;
  return (contrast: Float32Array, isSaturated: boolean): Uint8Array => {
    if (isSaturated) return new Uint8Array(pixels.fill(maxCount).buffer);
    for (let i = 0; i < contrast.length; i++) {
      const counts = poisson(random, electrons * (1 + (contrast[i] ?? 0)) * (sensitivity[i] ?? 0));
      pixels[i] = Math.min(counts, maxCount);
    }
    for (const [x, y, mean] of detector.hotPixels) {
      pixels[y * width + x] = Math.min(maxCount, poisson(random, mean));
    }
    return new Uint8Array(pixels.buffer);
  };
}

function createWriter(path: string, settings: MovieSettings, seed: number) {
  const { width, height, pixelSizeA, mrcMode, eerFramesPerFraction } = settings;
  switch (settings.format) {
    case 'tiff':
      return createTiffWriter(path, { width, height, pixelType: 'u8', compression: 'lzw' });
    case 'mrc':
      return createMrcStackWriter(path, { width, height, mode: mrcMode, pixelSizeA });
    case 'eer': {
      const random = createRandom(seed, 13);
      return createEerWriter(path, { width, height, framesPerFraction: eerFramesPerFraction, random });
    }
  }
}

/** Appends the central part of a frame, without one eighth on each side, as an additional frame. */
function appendSmallFrame(path: string, frame: Uint8Array, width: number, height: number): void {
  const left = Math.floor(width / 8);
  const top = Math.floor(height / 8);
  const smallWidth = width - 2 * left;
  const smallHeight = height - 2 * top;
  const smallFrame = new Uint8Array(smallWidth * smallHeight);
  for (let y = 0; y < smallHeight; y++) {
    const start = (y + top) * width + left;
    smallFrame.set(frame.subarray(start, start + smallWidth), y * smallWidth);
  }
  const framePath = `${path}.last-frame`;
  const writer = createTiffWriter(framePath, {
    width: smallWidth,
    height: smallHeight,
    pixelType: 'u8',
    compression: 'lzw',
    rowsPerStrip: smallHeight,
  });
  writer.appendFrame(smallFrame);
  writer.finish();
  appendDirectory(path, framePath);
  rmSync(framePath);
}
