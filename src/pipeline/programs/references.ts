import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Boundary } from '../../base/real-path.ts';
import { loadCorrection } from '../../engine/motion/correction.ts';
import type { PixelSet } from '../../engine/motion/defects.ts';
import { hasUsualSense } from '../../engine/motion/gain.ts';
import { invertGain } from '../../engine/motion/gain-size.ts';
import type { AlignRequest } from '../../engine/ports.ts';
import { openWithin } from '../../formats/input-file.ts';
import type { Image, MovieStructure } from '../../formats/movie.ts';
import { createMrcStackWriter, writeMrc } from '../../formats/mrc/write.ts';
import { openMovie } from '../../formats/open.ts';
import type { Workspace } from '../adapter.ts';
import { alignWarnings } from '../finding-texts.ts';
import type { Links, MovieInput } from './movie-input.ts';

/**
 * Gain and defects in formats that a program reads, in its work directory. Rows have the same order as in the
 * movie: RELION, MotionCor and the built-in engine interpret this order in the same way.
 */
export interface References {
  /** The program must still apply `rotate` and `flip`. */
  readonly gain: { readonly file: string; readonly rotate: number; readonly flip: number } | null;
  /** MotionCor's boxes as text, or a map: MRC of 8-bit integers, 1 where a pixel is bad. */
  readonly defects: { readonly file: string; readonly kind: 'text' | 'map' } | null;
  readonly warnings: readonly string[];
}

/**
 * How a program treats the gain of EER: RELION divides by it unless its name ends in `.gain`, MotionCor
 * always multiplies.
 */
export type EerGain = 'divides' | 'multiplies';

/**
 * A reference that the program can read is passed unchanged. Any other (DM4, another pixel type, another
 * resolution, SerialEM's list) is read and converted by the service, so that it has the same meaning for
 * every program.
 * @throws CodedError GAIN_*, DEFECTS_UNREADABLE
 */
export function prepareReferences(
  input: MovieInput,
  links: Links,
  workspace: Workspace,
  eerGain: EerGain,
): References {
  const { structure, request } = input;
  const { gain, mappedDefects, bad, findings } = loadCorrection(
    request.gain,
    request.defectMapPath,
    structure,
    request.within,
  );
  request.onReferences?.({ movie: structure, gain, mappedDefects });
  const setting = request.gain;
  const nativeFile =
    setting && findings.length === 0 && hasUsualSense(setting, structure)
      ? nativeName(setting.path, structure.format === 'eer', eerGain, request.within?.gain)
      : null;
  const hasDeadPixelsInGain =
    gain?.data.some((value) => !(value > 0 && value < Number.POSITIVE_INFINITY)) ?? false;
  return {
    gain:
      setting === null || gain === null
        ? null
        : nativeFile !== null
          ? { file: links.add(setting.path, nativeFile), rotate: setting.rotate, flip: setting.flip }
          : { file: writeGain(gain, structure, workspace, eerGain), rotate: 0, flip: 0 },
    defects: prepareDefects(bad, request, hasDeadPixelsInGain, links, workspace),
    warnings: alignWarnings(findings),
  };
}

/** Name for a gain that the program can read itself; null if it cannot. */
function nativeName(path: string, isEer: boolean, eerGain: EerGain, within: Boundary): string | null {
  if (isEer && eerGain === 'multiplies') return null;
  if (isEer && /\.gain$/i.test(path)) return 'gain.gain';
  const reference = structureOf(path, within);
  if (
    reference === null ||
    reference.pixelType !== 'f32' ||
    reference.isStoredAsFloat64 ||
    reference.frames !== 1
  )
    return null;
  return reference.format === 'tiff' ? 'gain.tiff' : 'gain.mrc';
}

/**
 * Structure of a reference; null for a DigitalMicrograph file, which the programs cannot read.
 */
function structureOf(path: string, within: Boundary): MovieStructure | null {
  if (/\.dm[34]$/i.test(path)) return null;
  const reader = openMovie(path, { within });
  reader.close();
  return reader;
}

function writeGain(gain: Image, movie: MovieStructure, workspace: Workspace, eerGain: EerGain): string {
  const file = 'gain.mrc';
  writeGainFile(join(workspace.workDir, file), gain, movie.format === 'eer' && eerGain === 'divides');
  return file;
}

/** Writes a gain as MRC, with zeros for dead pixels. @param isDivisor - for a program that divides by it */
export function writeGainFile(path: string, gain: Image, isDivisor: boolean): void {
  const data = gain.data.map((value) => (value > 0 && Number.isFinite(value) ? value : 0));
  const finiteGain = { ...gain, data };
  writeMrc(path, isDivisor ? invertGain(finiteGain) : finiteGain, null);
}

function prepareDefects(
  bad: PixelSet,
  { defectMapPath: path, within }: AlignRequest,
  hasDeadPixelsInGain: boolean,
  links: Links,
  workspace: Workspace,
): References['defects'] {
  if (bad.size === 0) return null;
  if (path !== null && !hasDeadPixelsInGain && isBoxText(path, within?.defects))
    return { file: links.add(path, 'defects.txt'), kind: 'text' };
  const file = 'defects.mrc';
  writeDefectMap(join(workspace.workDir, file), bad);
  return { file, kind: 'map' };
}

/** Writes an MRC of 8-bit integers, 1 where a pixel is bad. */
export function writeDefectMap(path: string, bad: PixelSet): void {
  const { width, height } = bad;
  const writer = createMrcStackWriter(path, { width, height, mode: 0, pixelSizeA: null });
  writer.appendFrame(Uint8Array.from({ length: width * height }, (_, i) => (bad.has(i) ? 1 : 0)));
  writer.finish();
}

/** Whether a file contains only lines of four whole numbers: boxes, as MotionCor and RELION read them. */
export function isBoxText(path: string, within: Boundary): boolean {
  const fd = openWithin(path, within);
  const bytes = readFileSync(fd);
  closeSync(fd);
  if (bytes.subarray(0, 512).includes(0)) return false;
  return bytes
    .toString('latin1')
    .split('\n')
    .every((line) => line.trim() === '' || /^\d+[ \t]+\d+[ \t]+\d+[ \t]+\d+$/.test(line.trim()));
}
