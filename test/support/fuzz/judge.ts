import { writeFileSync } from 'node:fs';
import { CodedError } from '../../../src/contract/errors.ts';
import { parseDefectText } from '../../../src/engine/motion/defect-text.ts';
import { readEpuXml } from '../../../src/formats/epu-xml.ts';
import { parseCtffindText } from '../../../src/formats/logs/ctffind.ts';
import { parseCtffindCurves, parseGctfCurves } from '../../../src/formats/logs/curves.ts';
import { parseGctfLog } from '../../../src/formats/logs/gctf.ts';
import { inspectMovie, openMovie, readImage } from '../../../src/formats/open.ts';
import { frameBytes } from '../../../src/formats/pixels.ts';
import { parsePythonConfig } from '../../../src/formats/python-config.ts';
import { readSerialEmMdoc } from '../../../src/formats/serialem-mdoc.ts';
import { parseStar } from '../../../src/formats/star/parse.ts';
import { StarError } from '../../../src/formats/star/tokens.ts';

/** Formats of the files that are damaged. */
export type Kind =
  | 'movie'
  | 'reference'
  | 'star'
  | 'xml'
  | 'mdoc'
  | 'defects'
  | 'ctffind'
  | 'avrot'
  | 'gctf'
  | 'epa'
  | 'config';

/** Maximum size of a frame that a reader may accept: LZW can produce it from a file of a few kilobytes. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/**
 * Reads a damaged file as the service would, and checks the result with the rules of the readers.
 * @param path - path of a file that may be overwritten
 * @returns `read`, or the code of the error
 * @throws Error if a rule is violated: an error without code or position, or more memory than the file
 * justifies
 */
export function judge(kind: Kind, bytes: Buffer, path: string): string {
  switch (kind) {
    case 'movie':
    case 'reference':
      writeFileSync(path, bytes);
      return judgeImage(kind, path);
    default:
      return judgeText(kind, bytes.toString('utf8'), path);
  }
}

function judgeImage(kind: 'movie' | 'reference', path: string): string {
  const result = outcomeOf(path, () => (kind === 'movie' ? readFrames(path) : void readImage(path)));
  if (result !== 'read' && !/^(MOVIE_|TOO_FEW_FRAMES)/.test(result)) throw new Error(`ends with ${result}`);
  const inspection = inspectMovie(path);
  if (!inspection.complete && !inspection.code.startsWith('MOVIE_'))
    throw new Error(`inspected as ${inspection.code}`);
  return result;
}

function readFrames(path: string): void {
  const reader = openMovie(path, { eer: { upsampling: 2, framesPerFraction: 2 } });
  try {
    const size = frameBytes(reader);
    if (size > MAX_FRAME_BYTES) throw new Error(`a frame of ${size} bytes is accepted`);
    const out = new Uint8Array(size);
    for (let frame = 0; frame < Math.min(reader.frames, 4); frame++) reader.readFrame(frame, out);
  } finally {
    reader.close();
  }
}

function judgeText(kind: Exclude<Kind, 'movie' | 'reference'>, content: string, path: string): string {
  return outcomeOf(path, () => {
    switch (kind) {
      case 'star':
        return parseStar(content);
      case 'xml':
        return readEpuXml(content);
      case 'mdoc':
        return readSerialEmMdoc(content, 'a.tif');
      case 'defects':
        return parseDefectText(content, path);
      case 'ctffind':
        return assertFinite(
          parseCtffindText(content, path).value.rows.flatMap((row) => [row.defocus1A, row.defocus2A]),
        );
      case 'avrot':
        return assertFinite(parseCtffindCurves(content, path).value.data);
      case 'gctf':
        return assertFinite([parseGctfLog(content, path).value.defocusUA]);
      case 'epa':
        return assertFinite(parseGctfCurves(content, path).value.data);
      case 'config':
        return parsePythonConfig(content);
    }
  });
}

function assertFinite(values: readonly number[]): void {
  if (values.length === 0 || !values.every(Number.isFinite)) throw new Error(`accepted: ${values.join(' ')}`);
}

function outcomeOf(path: string, action: () => unknown): string {
  try {
    action();
    return 'read';
  } catch (error) {
    if (error instanceof StarError && error.line >= 1) return 'StarError';
    if (!(error instanceof CodedError)) throw error;
    const { file, offset, field } = error.location;
    const hasLocation = file === path && (offset !== undefined || field !== undefined);
    // An error that concerns the whole file has no location other than the file.
    const concernsWholeFile = ['MOVIE_EMPTY', 'TOO_FEW_FRAMES', 'PROGRAM_FAILED'].includes(error.code);
    if (!hasLocation && !(concernsWholeFile && (file === path || error.code === 'TOO_FEW_FRAMES')))
      throw new Error(`an error without a location: ${error.message}`, { cause: error });
    return error.code;
  }
}
