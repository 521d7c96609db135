import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import type { FaultKind } from './faults.ts';
import type { LocalTruth } from './local-motion.ts';

/** What is true about one simulated movie. */
export interface MovieTruth {
  /** 1-based, in the order of acquisition. */
  readonly number: number;
  /** Relative to the session directory, with slashes. */
  readonly path: string;
  /** Name without `_fractions` and extension. */
  readonly base: string;
  readonly acquiredAt: string;
  readonly format: 'tiff' | 'mrc' | 'eer';
  /** Of an EER file: camera frames per frame as counted here. */
  readonly eerFramesPerFraction?: number;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  readonly csMm: number;
  readonly amplitudeContrast: number;
  readonly phaseShiftDeg: number;
  /** Angstrom, positive = underfocus, U >= V. */
  readonly defocusUA: number;
  readonly defocusVA: number;
  /** What the microscope was asked for, micrometres, positive = underfocus. Absent from sessions simulated before this was written. */
  readonly targetDefocusUm?: number;
  /** Where it was taken: [x, y, z] of the stage, micrometres. Absent as above. */
  readonly stageUm?: readonly [number, number, number];
  /** From the middle of the hole, in the own unit of the metadata. Absent as above. */
  readonly beamShift?: readonly [number, number];
  /** Degrees from x to defocus U towards y, which grows upwards, -90..90. */
  readonly defocusAngleDeg: number;
  readonly dosePerFrameEA2: number;
  readonly totalDoseEA2: number;
  /** Electrons per pixel and frame, before the detector's sensitivity. */
  readonly electronsPerPixelFrame: number;
  /** Motion of the content relative to the first frame, [x, y] in pixels, y upwards, one per frame: the mean over the field. */
  readonly shiftsPixels: readonly (readonly [number, number])[];
  /** Motion beyond that at a grid of places; null: the frame moves as a whole. Absent from sessions simulated before this was written. */
  readonly localMotion?: LocalTruth | null;
  readonly particles: number;
  readonly iceRing: number;
  /** What was spoilt on purpose; null: a good movie. */
  readonly fault: FaultKind | null;
  /** Size of the file, bytes. */
  readonly bytes: number;
}

/** What is true about a simulated session: `truth.json` in the session directory. */
export interface SessionTruth {
  readonly version: 1;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  /** Null where the movies need none. */
  readonly gain: {
    /** Relative to the session directory. */
    readonly path: string;
    /** Of the file; differs from the movies' where a wrong one was asked for. */
    readonly width: number;
    readonly height: number;
  } | null;
  /** [x, y, counts per frame]; y counts from the bottom. */
  readonly hotPixels: readonly (readonly [number, number, number])[];
  /** [x, y]. */
  readonly deadPixels: readonly (readonly [number, number])[];
  readonly movies: readonly MovieTruth[];
  /** False while the microscope runs or where it was stopped early. */
  readonly finished: boolean;
}

export const TRUTH_FILE = 'truth.json';

/** Replaces the file whole or not at all. */
export async function writeTruth(path: string, truth: SessionTruth): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(`${JSON.stringify(truth)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** @returns null where there is no such file */
export async function readTruth(path: string): Promise<SessionTruth | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SessionTruth;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
