import { type AutodocSection, parseAutodoc } from './autodoc.ts';
import { plausiblePixelSizeA } from './limits.ts';

/** The metadata that SerialEM writes next to a movie, `<movie>.mdoc`. Null: the file has no such value. */
export interface SerialEmMetadata {
  /** Pixel size of the frames; null if they were binned by a factor that the file does not contain. */
  readonly pixelSizeA: number | null;
  readonly superResolution: boolean | null;
  readonly voltageKv: number | null;
  /** Electrons per square Angstrom on the specimen, for the entire movie. */
  readonly doseEA2: number | null;
  /** Null if the dose differs between frames. */
  readonly dosePerFrameEA2: number | null;
  readonly frames: number | null;
  readonly exposureSeconds: number | null;
  readonly stageUm: { readonly x: number; readonly y: number; readonly z: number | null } | null;
  readonly stageAlphaDeg: number | null;
  readonly imageShiftUm: readonly [number, number] | null;
  /** Positive = underfocus, as set in SerialEM. */
  readonly targetDefocusUm: number | null;
  readonly magnification: number | null;
  /** Label of the Navigator item. */
  readonly navigatorLabel: string | null;
  /** Hole and position of a multi-shot acquisition. */
  readonly multishot: string | null;
  readonly acquiredAt: string | null;
  readonly gainReference: string | null;
  readonly defectFile: string | null;
  readonly warnings: readonly string[];
}

/** A file for an entire grid is several megabytes long, a file for one movie a few kilobytes. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/**
 * Reads an mdoc. Never throws: a value that cannot be read is null and causes a warning.
 * @param movie - file name of the movie: if there are several sections, the one with this name is read
 */
export function readSerialEmMdoc(text: string, movie: string): SerialEmMetadata {
  const warnings: string[] = [];
  const isTooLong = text.length > MAX_CHARACTERS;
  if (isTooLong) warnings.push(`it has more than ${MAX_CHARACTERS} characters and is not read`);
  const sections = isTooLong ? [] : parseAutodoc(text);
  const section = sectionOf(sections, movie);
  if (!isTooLong && !section) warnings.push(`it has no section for ${movie}`);
  const globalValues = sections[0]?.values;
  const textOf = (key: string) => (section && (section.values.get(key) ?? globalValues?.get(key))) || null;

  const numbers = (key: string, count: number) => parseNumbers(key, textOf(key), count, warnings);
  const number = (key: string): number | null => numbers(key, 1)[0] ?? null;
  const readPositiveNumber = (key: string): number | null => {
    const value = number(key);
    return value !== null && value > 0 ? value : null;
  };

  const sampling = samplingOf(readPositiveNumber('Binning'), readPositiveNumber('PixelSpacing'), warnings);
  const doses = frameDoses(textOf('FrameDosesAndNumber'), warnings);
  const [x, y] = numbers('StagePosition', 2);
  const [shiftX, shiftY] = numbers('ImageShift', 2);
  const defocus = number('TargetDefocus');
  return {
    ...sampling,
    voltageKv: readPositiveNumber('Voltage'),
    doseEA2: readPositiveNumber('ExposureDose') ?? doses.totalEA2,
    dosePerFrameEA2: doses.perFrameEA2,
    frames: readPositiveNumber('NumSubFrames'),
    exposureSeconds: readPositiveNumber('ExposureTime'),
    stageUm: x != null && y != null ? { x, y, z: number('StageZ') } : null,
    stageAlphaDeg: number('TiltAngle'),
    imageShiftUm: shiftX != null && shiftY != null ? [shiftX, shiftY] : null,
    targetDefocusUm: defocus === null ? null : 0 - defocus,
    magnification: readPositiveNumber('Magnification'),
    navigatorLabel: textOf('NavigatorLabel'),
    multishot: textOf('MultishotHoleAndPosition'),
    acquiredAt: textOf('DateTime'),
    gainReference: fileName(textOf('GainReference')),
    defectFile: fileName(textOf('DefectFile')),
    warnings,
  };
}

/** The section with the name of the movie; otherwise the only FrameSet section. */
function sectionOf(sections: readonly AutodocSection[], movie: string): AutodocSection | undefined {
  const namedSection = sections.find(
    ({ values }) => fileName(values.get('SubFramePath') ?? null)?.toLowerCase() === movie.toLowerCase(),
  );
  if (namedSection) return namedSection;
  const sets = sections.filter(({ type }) => type === 'FrameSet');
  return sets.length === 1 ? sets[0] : undefined;
}

/** @param binning - in camera pixels, as in SerialEM: 0.5 is super-resolution */
function samplingOf(
  binning: number | null,
  spacingA: number | null,
  warnings: string[],
): Pick<SerialEmMetadata, 'pixelSizeA' | 'superResolution'> {
  if (binning !== null && binning > 1) {
    if (spacingA !== null)
      warnings.push(
        `PixelSpacing is that of the image, binned by ${binning}; the binning of the frames may differ`,
      );
    return { pixelSizeA: null, superResolution: null };
  }
  return {
    pixelSizeA: spacingA === null ? null : plausiblePixelSizeA(spacingA),
    superResolution: binning === null ? null : binning < 1,
  };
}

/** The first `count` values; all null if the text is missing, has fewer values, or one is not a number. */
function parseNumbers(
  key: string,
  text: string | null,
  count: number,
  warnings: string[],
): (number | null)[] {
  const words = text?.split(/\s+/) ?? [];
  const values = words.slice(0, count).map(Number);
  if (words.length > 0 && (values.length < count || !values.every(Number.isFinite))) {
    const expected = count === 1 ? 'a number' : `${count} numbers`;
    warnings.push(`${key} is not ${expected}: ${words.join(' ').slice(0, 40)}`);
    return Array(count).fill(null);
  }
  return Array.from({ length: count }, (_, i) => values[i] ?? null);
}

/** Parses pairs of a dose per frame and a number of frames. */
function frameDoses(
  text: string | null,
  warnings: string[],
): { totalEA2: number | null; perFrameEA2: number | null } {
  const unknownDoses = { totalEA2: null, perFrameEA2: null };
  if (text === null) return unknownDoses;
  const numbers = text.split(/\s+/).map(Number);
  if (numbers.length % 2 === 1 || !numbers.every((n) => Number.isFinite(n) && n >= 0)) {
    warnings.push(`FrameDosesAndNumber is not a list of pairs of numbers: ${text.slice(0, 40)}`);
    return unknownDoses;
  }
  const pairs = numbers.flatMap((dose, i) =>
    i % 2 === 0 && numbers[i + 1]! > 0 ? [[dose, numbers[i + 1]!] as const] : [],
  );
  const totalEA2 = pairs.reduce((sum, [dose, count]) => sum + dose * count, 0);
  const [first] = pairs;
  const isUniform = first !== undefined && pairs.every(([dose]) => dose === first[0]);
  return {
    totalEA2: totalEA2 > 0 ? totalEA2 : null,
    perFrameEA2: isUniform && first[0] > 0 ? first[0] : null,
  };
}

/** Maximum length of a file name. */
const MAX_NAME_BYTES = 255;
// biome-ignore lint/suspicious/noControlCharactersInRegex: names must not have control characters
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** File name without directories; SerialEM runs on Windows. */
function fileName(path: string | null): string | null {
  const name = path?.split(/[\\/]/).at(-1) || null;
  return name === null || CONTROL_CHARACTER.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES
    ? null
    : name;
}
