import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { hasErrorCode } from '../base/errors.ts';
import { isMissingFile } from '../base/missing-file.ts';
import { type Boundary, isOpenWithin } from '../base/real-path.ts';
import type { MovieMetadata } from '../contract/metadata.ts';
import { readEpuNames } from './epu-names.ts';
import { readEpuXml } from './epu-xml.ts';
import { readSerialEmMdoc } from './serialem-mdoc.ts';

/** A larger file is not the metadata of a movie. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The metadata of a movie: EPU's `<base>.xml`, or SerialEM's `<movie>.mdoc` or `<movie without
 * extension>.mdoc`.
 * @param raw - folder to which `movie` is relative
 * @param within - real path of the folder that the metadata must be in; absent: anywhere
 * @returns null if there is neither
 * @throws errors of the file system other than ENOENT
 */
export function readMovieMetadata(raw: string, movie: string, within?: Boundary): MovieMetadata | null {
  const stem = join(dirname(movie), basename(movie, extname(movie)));
  const xml = `${stem.replace(/_(fractions|eer)$/i, '')}.xml`;
  const epu = readText(join(raw, xml), within);
  if (epu !== null) return metadataFromEpu(epu, xml, movie);
  for (const mdoc of [`${movie}.mdoc`, `${stem}.mdoc`]) {
    const text = readText(join(raw, mdoc), within);
    if (text !== null) return metadataFromSerialEm(text, mdoc, basename(movie));
  }
  return null;
}

function readText(path: string, within: Boundary): string | null {
  const fd = openIfPresent(path);
  if (fd === null) return null;
  try {
    if (within !== undefined && !isOpenWithin(fd, path, within)) return null;
    const found = fstatSync(fd);
    return found.isFile() && found.size <= MAX_BYTES ? readFileSync(fd, 'utf8') : null;
  } finally {
    closeSync(fd);
  }
}

function openIfPresent(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    // The name of the movie may be too long for another extension.
    if (isMissingFile(error) || hasErrorCode(error, 'ENAMETOOLONG')) return null;
    throw error;
  }
}

function metadataFromEpu(text: string, file: string, movie: string): MovieMetadata {
  const found = readEpuXml(text);
  const factor = found.superResolutionFactor;
  return {
    program: 'EPU',
    file,
    // EPU writes the pixel size of its image; a super-resolution movie has smaller pixels.
    pixelSizeA: found.pixelSizeA === null ? null : found.pixelSizeA / Math.max(1, factor ?? 1),
    superResolution: factor === null ? null : factor > 1,
    voltageKv: found.voltageKv,
    doseEA2: found.doseEA2,
    dosePerFrameEA2: null,
    frames: null,
    exposureSeconds: found.exposureSeconds,
    stageUm: found.stageUm,
    stageAlphaDeg: found.stageAlphaDeg,
    beamShift: found.beamShift ? [...found.beamShift] : null,
    beamShiftUnit: 'program',
    ...readEpuNames(movie),
    targetDefocusUm: found.appliedDefocusUm,
    magnification: found.magnification,
    detector: found.detector,
    acquiredAt: found.acquiredAt,
    gainReference: null,
    defectFile: null,
    warnings: [...found.warnings],
  };
}

function metadataFromSerialEm(text: string, file: string, movie: string): MovieMetadata {
  const { imageShiftUm, navigatorLabel, multishot, warnings, ...found } = readSerialEmMdoc(text, movie);
  return {
    ...found,
    program: 'SerialEM',
    file,
    beamShift: imageShiftUm ? [...imageShiftUm] : null,
    beamShiftUnit: 'um',
    gridSquare: null,
    hole: navigatorLabel,
    holePosition: multishot,
    detector: null,
    warnings: [...warnings],
  };
}
