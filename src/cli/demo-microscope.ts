import { fileURLToPath } from 'node:url';
import type { Range } from './option-values.ts';

const CRYOEM = fileURLToPath(new URL('../../bin/cryoem', import.meta.url));
/** Time for the microscope to finish the movie that it is writing. */
const STOP_TIMEOUT_MS = 30_000;

/** Settings of the simulated microscope, with which the session is also started. */
export const MICROSCOPE = { apix: 1, fmdose: 1.5, kev: 300, size: '1024x1024', frames: 16 } as const;

export interface MicroscopeOptions {
  readonly sessionDir: string;
  readonly movies: number;
  /** Time between the starts of two movies; 0: as fast as possible. */
  readonly intervalS: number;
  /** Range of the maximum local motion in pixels. */
  readonly local: Range;
}

export interface Microscope {
  /** Never rejects. */
  readonly ended: Promise<void>;
  /** Why it ended early; null if it did not. */
  readonly failure: () => string | null;
}

/**
 * Starts the simulated microscope, in its own process so that it does not block the event loop of the
 * service.
 */
export async function startMicroscope(options: MicroscopeOptions, signal: AbortSignal): Promise<Microscope> {
  const { runProcess } = await import('../base/start-process.ts');
  let failure: string | null = null;
  const ended = runProcess([process.execPath, CRYOEM, ...argumentsOf(options)], {
    stdout: 'ignore',
    stderr: 'inherit',
    signal,
    graceMs: STOP_TIMEOUT_MS,
  }).then(({ startFailure, exitCode }) => {
    if (startFailure) failure = startFailure.message;
    else if (exitCode !== 0 && !signal.aborted)
      failure = `the simulated microscope ended with exit code ${exitCode}`;
  });
  return { ended, failure: () => failure };
}

function argumentsOf({ sessionDir, movies, intervalS, local }: MicroscopeOptions): string[] {
  const flags = {
    movies,
    interval: intervalS,
    size: MICROSCOPE.size,
    frames: MICROSCOPE.frames,
    apix: MICROSCOPE.apix,
    fmdose: MICROSCOPE.fmdose,
    kev: MICROSCOPE.kev,
    seed: 1,
    local: local.join('-'),
  };
  return [
    'simulate',
    sessionDir,
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`]),
  ];
}
