import { basename } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import type { MovieMetadata } from '../../contract/metadata.ts';
import { PARAMETER_TABLE, type ParameterName, type ParameterValues } from '../../contract/parameters.ts';
import type { Contradiction } from '../../contract/preview.ts';
import { dosePerFrame } from '../../engine/motion/dose.ts';
import { MAX_PLAUSIBLE_DOSE_EA2 } from '../../engine/motion/source.ts';
import type { Survey } from '../discovery/messages.ts';

/** Maximum relative difference between calibrations of the same pixel size. */
const PIXEL_TOLERANCE = 0.03;
/** Maximum relative difference between doses: estimates by camera and program differ by less. */
const DOSE_TOLERANCE = 0.15;
const ANGSTROM_PER_UM = 10_000;
/** Minimum total dose for aligning frames, e/A^2. */
const MIN_ALIGNABLE_DOSE_EA2 = 1;

type Values = Partial<ParameterValues>;
type Facts = Pick<
  Survey,
  'found' | 'extensions' | 'sample' | 'metadata' | 'gainSize' | 'gainError' | 'references'
>;

interface GainRules {
  /** See `half_size_gain` in the config file. */
  readonly refusesHalfSizeGain?: boolean;
}

/**
 * Contradictions of the parameters with each other, with the movies and with their metadata files. Depends
 * only on its arguments.
 */
export function contradictionsOf(
  values: Values,
  facts: Facts,
  { refusesHalfSizeGain = false }: GainRules = {},
): Contradiction[] {
  return [
    ...checkNames(values, facts),
    ...checkPixelSize(values, facts),
    ...checkVoltage(values, facts),
    ...checkDoses(values, facts),
    ...checkSuperResolution(values, facts),
    ...checkFrames(values, facts),
    ...checkGain(values, facts),
    ...checkHalfSizeGain(values, facts, refusesHalfSizeGain ? 'error' : 'warning'),
    ...checkDefocus(values, facts),
  ];
}

const contradiction = (
  severity: Contradiction['severity'],
  fields: ParameterName[],
  source: string,
  message: string,
): Contradiction => ({ fields, severity, message, source });

const defaultOf = (name: ParameterName) => PARAMETER_TABLE.find((p) => p.name === name)?.default;
/** Metadata file without its folder, whose name is long and the same for all files. */
const sourceName = ({ program, file }: MovieMetadata) => `${program}'s ${basename(file)}`;
const rounded = (value: number) => String(Number(value.toPrecision(4)));
const areDifferent = (a: number, b: number, tolerance: number) =>
  Math.abs(a - b) > tolerance * Math.max(a, b);

function checkNames(values: Values, { found, extensions }: Facts): Contradiction[] {
  if (found > 0) return [];
  const { basename_prefix, basename_suffix, basename_extension } = values;
  const extension = basename_extension?.replace(/^\./, '').toLowerCase();
  if (extension !== undefined && !extensions.some((known) => known.toLowerCase() === extension)) {
    const contents =
      extensions.length > 0 ? `raw contains ${extensions.join(', ')} files.` : 'raw contains no movies yet.';
    const message = `No file has the extension ${extension}. ${contents}`;
    return [
      contradiction(
        extensions.length > 0 ? 'error' : 'warning',
        ['basename_extension'],
        'file names in raw',
        message,
      ),
    ];
  }
  const givenFields = (['basename_prefix', 'basename_suffix', 'basename_extension'] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (givenFields.length === 0 || extensions.length === 0) return [];
  const pattern = `${basename_prefix ?? ''}*${basename_suffix ?? ''}.${extension ?? '*'}`;
  return [
    contradiction('error', givenFields, 'file names in raw', `No movie has a name such as ${pattern}.`),
  ];
}

function checkPixelSize({ apix }: Values, { sample, metadata }: Facts): Contradiction[] {
  if (apix === undefined) return [];
  const knownSizes = [
    [metadata?.pixelSizeA ?? null, metadata === null ? '' : sourceName(metadata)],
    [sample?.pixelSizeA ?? null, `The header of ${basename(sample?.path ?? '')}`],
  ] as const;
  for (const [sizeA, source] of knownSizes) {
    if (sizeA === null || !areDifferent(apix, sizeA, PIXEL_TOLERANCE)) continue;
    const isTwice = !areDifferent(apix, 2 * sizeA, PIXEL_TOLERANCE);
    const isHalf = !areDifferent(2 * apix, sizeA, PIXEL_TOLERANCE);
    const hint = isTwice
      ? ' The value given is twice that: a super-resolution movie requires the super-resolution pixel size.'
      : isHalf
        ? ' The value given is half of that: was the movie recorded in super-resolution?'
        : '';
    return [contradiction('warning', ['apix'], source, `${source} gives ${rounded(sizeA)} Å.${hint}`)];
  }
  return [];
}

function checkVoltage({ kev }: Values, { metadata }: Facts): Contradiction[] {
  const known = metadata?.voltageKv ?? null;
  if (kev === undefined || metadata === null || known === null || !areDifferent(kev, known, 0.01)) return [];
  const source = sourceName(metadata);
  return [contradiction('warning', ['kev'], source, `${source} gives ${rounded(known)} kV.`)];
}

function checkDoses({ fmdose, dose }: Values, { sample, metadata }: Facts): Contradiction[] {
  if (sample === null || (fmdose === undefined && dose === undefined)) return [];
  const { frames } = sample;
  const fields: ParameterName[] = fmdose === undefined ? ['dose'] : ['fmdose'];
  const source = `${frames} frames of ${sample.path}`;
  try {
    dosePerFrame(fmdose ?? null, dose ?? null, frames);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const message = error.message.replaceAll('e/A^2', 'e/Å²');
    return [contradiction('error', ['fmdose', 'dose'], source, message)];
  }
  const total = dose ?? (fmdose ?? 0) * frames;
  const derivation =
    fmdose === undefined
      ? ''
      : `${fmdose} e/Å² in each of ${frames} frames is ${rounded(total)} e/Å² in total`;
  const remark = doseRemark(total);
  if (remark !== null) {
    const description = derivation || `${rounded(total)} e/Å² in total`;
    return [contradiction('warning', fields, source, `${description}: ${remark}.`)];
  }
  return compareDoseWithMetadata(total, derivation, fields, metadata);
}

function doseRemark(totalEA2: number): string | null {
  if (totalEA2 > MAX_PLAUSIBLE_DOSE_EA2) return 'implausibly high';
  return totalEA2 < MIN_ALIGNABLE_DOSE_EA2 ? 'too low to align the frames' : null;
}

/** @param derivation - how the total was computed, in words; empty if the total was given */
function compareDoseWithMetadata(
  totalEA2: number,
  derivation: string,
  fields: ParameterName[],
  metadata: MovieMetadata | null,
): Contradiction[] {
  const metadataDoseEA2 = metadata?.doseEA2 ?? null;
  if (
    metadataDoseEA2 === null ||
    metadata === null ||
    !areDifferent(totalEA2, metadataDoseEA2, DOSE_TOLERANCE)
  )
    return [];
  const source = sourceName(metadata);
  const message = `${derivation === '' ? '' : `${derivation}, but `}${source} gives ${rounded(metadataDoseEA2)} e/Å² in total.`;
  return [contradiction('warning', fields, source, message)];
}

function checkSuperResolution({ superresolution }: Values, { sample, metadata }: Facts): Contradiction[] {
  if (superresolution && sample?.format === 'eer')
    return [
      contradiction(
        'warning',
        ['superresolution'],
        sample.path,
        'The movies are EER: use the EER upsampling instead.',
      ),
    ];
  const wasSuperResolution = metadata?.superResolution ?? null;
  const isSet = superresolution ?? false;
  if (
    metadata === null ||
    wasSuperResolution === null ||
    wasSuperResolution === isSet ||
    sample?.format === 'eer'
  )
    return [];
  const source = sourceName(metadata);
  const message = wasSuperResolution
    ? `According to ${source}, the camera was in super-resolution mode.`
    : `According to ${source}, the camera was not in super-resolution mode.`;
  return [contradiction('warning', ['superresolution'], source, message)];
}

function checkFrames(values: Values, { sample }: Facts): Contradiction[] {
  if (sample === null || sample.format === 'eer') return [];
  const usedFrames = sample.frames - (values.throw ?? 0) - (values.trunc ?? 0);
  if (usedFrames >= 1) return [];
  const fields = (['throw', 'trunc'] as const).filter((name) => (values[name] ?? 0) > 0);
  const message = `The movie has ${sample.frames} frames, and all of them would be skipped.`;
  return fields.length === 0 ? [] : [contradiction('error', fields, sample.path, message)];
}

function checkGain(
  values: Values,
  { sample, gainSize, gainError = null, references }: Facts,
): Contradiction[] {
  if (gainError !== null && references.gainPath !== null) {
    const message = `The gain reference cannot be used: ${gainError}`;
    return [contradiction('error', ['rawgainref'], references.gainPath, message)];
  }
  if (sample === null || gainSize === null || references.gainPath === null) return [];
  const { width, height } = orientedSize(values, gainSize);
  const hasSizeRatio = (ratio: number) => width === ratio * sample.width && height === ratio * sample.height;
  if ([1, 2, 0.5].some(hasSizeRatio)) return [];
  const matchesRotated = [1, 2, 0.5].some(
    (ratio) => height === ratio * sample.width && width === ratio * sample.height,
  );
  const hint = matchesRotated ? ' The sizes match if the gain reference is rotated by 90°.' : '';
  const fields: ParameterName[] = matchesRotated ? ['rotgain', 'rawgainref'] : ['rawgainref', 'rotgain'];
  const message = `The gain reference has ${gainSize.width} × ${gainSize.height} pixels, the movie ${sample.width} × ${sample.height}.${hint}`;
  return [contradiction('error', fields, references.gainPath, message)];
}

type Size = NonNullable<Facts['gainSize']>;

/** Size of the gain reference after its rotation. */
function orientedSize({ rotgain }: Values, { width, height }: Size): Size {
  const quarterTurns = Number(rotgain ?? defaultOf('rotgain') ?? 0);
  return quarterTurns % 2 === 1 ? { width: height, height: width } : { width, height };
}

/**
 * A contradiction if the gain reference is half the size of the movies. The size of an EER movie is that of
 * the sensor, whatever the upsampling.
 */
export function checkHalfSizeGain(
  values: Values,
  { sample, gainSize, references }: Facts,
  severity: Contradiction['severity'],
): Contradiction[] {
  if (sample === null || gainSize === null || references.gainPath === null) return [];
  const { width, height } = orientedSize(values, gainSize);
  if (2 * width !== sample.width || 2 * height !== sample.height) return [];
  const message = `The gain reference is half the size of the movie (${sample.width} × ${sample.height} pixels): each of its pixels would be used for 2 × 2 pixels of the movie. Is there a gain reference of this camera mode?`;
  return [contradiction(severity, ['rawgainref'], references.gainPath, message)];
}

function checkDefocus(values: Values, { metadata }: Facts): Contradiction[] {
  const target = metadata?.targetDefocusUm ?? null;
  if (metadata === null || target === null || target <= 0) return [];
  const limitOf = (name: 'defocus_min' | 'defocus_max') => Number(values[name] ?? defaultOf(name));
  const [minimumA, maximumA] = [limitOf('defocus_min'), limitOf('defocus_max')];
  const targetA = target * ANGSTROM_PER_UM;
  if (targetA >= minimumA && targetA <= maximumA) return [];
  const field = targetA < minimumA ? 'defocus_min' : 'defocus_max';
  const source = sourceName(metadata);
  const message = `${source} gives a target defocus of ${rounded(targetA)} Å, which is outside the search range.`;
  return [contradiction('warning', [field], source, message)];
}
