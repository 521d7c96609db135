import { messageOf } from '../base/errors.ts';
import { plausiblePixelSizeA } from './limits.ts';
import { type XmlLeaf, xmlLeaves } from './xml-leaves.ts';

/** The metadata that EPU writes next to each movie, `FoilHole_*.xml`. Null: the file has no such value. */
export interface EpuMetadata {
  /** Pixel size of EPU's image; that of the movie is the same unless `superResolutionFactor` is above 1. */
  readonly pixelSizeA: number | null;
  readonly voltageKv: number | null;
  /** Electrons per square Angstrom on the specimen, for the entire movie. */
  readonly doseEA2: number | null;
  readonly exposureSeconds: number | null;
  /** Metres in the file; micrometres here. */
  readonly stageUm: { readonly x: number; readonly y: number; readonly z: number } | null;
  /** Tilt of the stage. */
  readonly stageAlphaDeg: number | null;
  /** In EPU's unit, as in the file: only differences between movies are meaningful. */
  readonly beamShift: readonly [number, number] | null;
  readonly superResolutionFactor: number | null;
  readonly binning: number | null;
  /** Positive = underfocus, as set by EPU, micrometres. */
  readonly appliedDefocusUm: number | null;
  readonly magnification: number | null;
  readonly detector: string | null;
  /** As in the file, with the time zone of the microscope. */
  readonly acquiredAt: string | null;
  readonly warnings: readonly string[];
}

/** A file from EPU is 15-20 kB long. Up to this length, parsing takes less than a second for any text. */
const MAX_CHARACTERS = 1024 * 1024;
/** A longer text cannot be a value, and must not be copied into records and pages. */
const MAX_VALUE_CHARACTERS = 1000;
const MAX_REASON_CHARACTERS = 200;
const M_TO_A = 1e10;
const M_TO_UM = 1e6;
/** The key `Dose` is in electrons per square metre. */
const PER_M2_TO_PER_A2 = 1e-20;
const PAIR = 'KeyValueOfstringanyType';

/** Reads EPU's XML. Never throws: a value that cannot be read is null and causes a warning. */
export function readEpuXml(text: string): EpuMetadata {
  const warnings: string[] = [];
  const values = readValues(text, warnings);

  const readNumber = (path: string, scale = 1): number | null => {
    const text = values.get(path);
    if (text === undefined || text === '') return null;
    const value = Number(text);
    if (Number.isFinite(value)) return value * scale;
    warnings.push(`${path} is not a number: ${text.slice(0, 40)}`);
    return null;
  };
  const readPositiveNumber = (path: string, scale = 1): number | null => {
    const value = readNumber(path, scale);
    return value !== null && value > 0 ? value : null;
  };
  const stage = (['X', 'Y', 'Z'] as const).map((axis) => readNumber(`stage/Position/${axis}`, M_TO_UM));
  const [x, y, z] = stage;
  const shift = [readNumber('optics/BeamShift/_x'), readNumber('optics/BeamShift/_y')];
  const alphaRadians = readNumber('stage/Position/A');
  const defocus = readNumber('AppliedDefocus', -M_TO_UM);
  return {
    pixelSizeA: plausiblePixelSizeA(
      readNumber('SpatialScale/pixelSize/x/numericValue', M_TO_A) ?? Number.NaN,
    ),
    voltageKv: readPositiveNumber('gun/AccelerationVoltage', 1e-3),
    doseEA2: readPositiveNumber('Dose', PER_M2_TO_PER_A2),
    exposureSeconds: readPositiveNumber('camera/ExposureTime'),
    stageUm: x != null && y != null && z != null ? { x, y, z } : null,
    stageAlphaDeg: alphaRadians === null ? null : (alphaRadians * 180) / Math.PI,
    beamShift: shift[0] != null && shift[1] != null ? [shift[0], shift[1]] : null,
    superResolutionFactor: readPositiveNumber('SuperResolutionFactor'),
    binning: readPositiveNumber('camera/Binning/x'),
    appliedDefocusUm: defocus === null ? null : defocus + 0,
    magnification: readPositiveNumber('optics/TemMagnification/NominalMagnification'),
    detector: values.get('camera/Name') || null,
    acquiredAt: values.get('acquisition/acquisitionDateTime') || null,
    warnings,
  };
}

/** Empty if the text cannot be read; a warning gives the reason. */
function readValues(text: string, warnings: string[]): ReadonlyMap<string, string> {
  if (text.length > MAX_CHARACTERS) {
    warnings.push(`it has more than ${MAX_CHARACTERS} characters and is not read`);
    return new Map();
  }
  try {
    const values = valuesByPath(xmlLeaves(text));
    if (values.size === 0) warnings.push('it is not the XML of an EPU image');
    return values;
  } catch (error) {
    const reason = messageOf(error).split('\n', 1)[0]?.slice(0, MAX_REASON_CHARACTERS);
    warnings.push(`it is not the XML of an EPU image: ${reason}`);
    return new Map();
  }
}

/**
 * Values by their path below `microscopeData` or the root, or by the key of a key-value pair. If a path
 * occurs twice, the first value is used.
 */
function valuesByPath(leaves: readonly XmlLeaf[]): Map<string, string> {
  const values = new Map<string, string>();
  const addFirst = (path: string, value: string) => {
    if (value.length <= MAX_VALUE_CHARACTERS && !values.has(path)) values.set(path, value);
  };
  let key: string | null = null;
  for (const { path, text } of leaves) {
    if (!path.startsWith('MicroscopeImage/')) continue;
    if (path.endsWith(`${PAIR}/Key`)) key = text;
    else if (path.endsWith(`${PAIR}/Value`)) {
      if (key !== null) addFirst(key, text);
      key = null;
    } else
      addFirst(path.replace(/^MicroscopeImage\/(microscopeData\/(?:acquisition\/(?=camera\/))?)?/, ''), text);
  }
  return values;
}
