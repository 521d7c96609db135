import { readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CtfOutcome } from '../../engine/ports.ts';
import { readImage } from '../../formats/open.ts';
import type { MicrographPlace, WorkPlace } from '../adapter.ts';
import { programFailed } from './run-program.ts';

/** The micrograph under its own name in the work directory: programs write beside their input. */
export function linkMicrograph({ workDir, micrographPath }: MicrographPlace): string {
  const name = basename(micrographPath);
  symlinkSync(micrographPath, join(workDir, name));
  return name;
}

/** @throws CodedError PROGRAM_FAILED where the program did not write it */
export function readOutput(program: string, place: WorkPlace, name: string, printed: string): string {
  try {
    return readFileSync(join(place.workDir, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw programFailed(`${program} ended without an error, but did not write ${name}.`, printed);
  }
}

/** As `readOutput`, null where it is not there. */
export function readIfThere(place: WorkPlace, name: string): string | null {
  try {
    return readFileSync(join(place.workDir, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The program's picture of its fit.
 * @param edgeFrequencyPerA - 1/A at the middle of its edge, from its size in pixels
 * @throws CodedError PROGRAM_FAILED where there is none, or it is not square
 */
export function readDiagnostic(
  program: string,
  place: MicrographPlace,
  name: string,
  printed: string,
  edgeFrequencyPerA: (size: number) => number,
): CtfOutcome['diagnostic'] {
  const path = join(place.workDir, name);
  let image: ReturnType<typeof readImage>;
  try {
    image = readImage(path);
  } catch (error) {
    throw programFailed(`${program} left no picture that can be read: ${(error as Error).message}.`, printed);
  }
  if (image.width !== image.height)
    throw programFailed(`${program} left a picture of ${image.width}x${image.height} in ${name}.`, printed);
  const { width: size, data } = image;
  return { size, data, edgeFrequencyPerA: edgeFrequencyPerA(size), isForeign: true };
}
