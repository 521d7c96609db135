import { basename } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import type { MovieMetadata } from '../../contract/metadata.ts';
import { PARAMETER_TABLE, type ParameterName, type ParameterValues } from '../../contract/parameters.ts';
import type { Contradiction } from '../../contract/preview.ts';
import { dosePerFrame } from '../../engine/motion/dose.ts';
import { INCREDIBLE_DOSE_EA2 } from '../../engine/motion/source.ts';
import type { Survey } from '../discovery/messages.ts';

/** Maximum relative difference between calibrations of the same pixel size. */
const PIXEL_TOLERANCE = 0.03;
/** The same for a dose: estimates of camera and program differ by less. */
const DOSE_TOLERANCE = 0.15;
const ANGSTROM_PER_UM = 10_000;
/** A total dose below this, e/A^2, shows nothing to align. */
const FAINT_DOSE_EA2 = 1;

type Values = Partial<ParameterValues>;
type Facts = Pick<Survey, 'found' | 'extensions' | 'sample' | 'metadata' | 'gainSize' | 'references'>;

/**
 * Contradictions of the parameters with each other, with the movies and with their metadata files. Pure.
 */
export function contradictionsOf(values: Values, facts: Facts): Contradiction[] {
  return [
    ...namesThatMiss(values, facts),
    ...pixelSize(values, facts),
    ...voltage(values, facts),
    ...doses(values, facts),
    ...superResolution(values, facts),
    ...frames(values, facts),
    ...gain(values, facts),
    ...defocus(values, facts),
  ];
}

const contradiction = (
  severity: Contradiction['severity'],
  fields: ParameterName[],
  source: string,
  message: string,
): Contradiction => ({ fields, severity, message, source });

const declared = (name: ParameterName) => PARAMETER_TABLE.find((p) => p.name === name)?.default;
/** Folders of the microscope have long names, which are the same for all of its files. */
const namedSource = ({ program, file }: MovieMetadata) => `${program}'s ${basename(file)}`;
const rounded = (value: number) => String(Number(value.toPrecision(4)));
const differ = (a: number, b: number, tolerance: number) => Math.abs(a - b) > tolerance * Math.max(a, b);

function namesThatMiss(values: Values, { found, extensions }: Facts): Contradiction[] {
  if (found > 0) return [];
  const { basename_prefix, basename_suffix, basename_extension } = values;
  const extension = basename_extension?.replace(/^\./, '').toLowerCase();
  if (extension !== undefined && !extensions.some((one) => one.toLowerCase() === extension)) {
    const there =
      extensions.length > 0 ? `raw contains ${extensions.join(', ')} files.` : 'raw contains no movies yet.';
    const message = `No file has the extension ${extension}. ${there}`;
    return [
      contradiction(
        extensions.length > 0 ? 'fault' : 'doubt',
        ['basename_extension'],
        'file names in raw',
        message,
      ),
    ];
  }
  const given = (['basename_prefix', 'basename_suffix', 'basename_extension'] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (given.length === 0 || extensions.length === 0) return [];
  const shape = `${basename_prefix ?? ''}*${basename_suffix ?? ''}.${extension ?? '*'}`;
  return [contradiction('fault', given, 'file names in raw', `No movie has a name such as ${shape}.`)];
}

function pixelSize({ apix }: Values, { sample, metadata }: Facts): Contradiction[] {
  if (apix === undefined) return [];
  const known = [
    [metadata?.pixelSizeA ?? null, metadata === null ? '' : namedSource(metadata)],
    [sample?.pixelSizeA ?? null, `The header of ${basename(sample?.path ?? '')}`],
  ] as const;
  for (const [sizeA, source] of known) {
    if (sizeA === null || !differ(apix, sizeA, PIXEL_TOLERANCE)) continue;
    const isTwice = !differ(apix, 2 * sizeA, PIXEL_TOLERANCE);
    const isHalf = !differ(2 * apix, sizeA, PIXEL_TOLERANCE);
    const hint = isTwice
      ? ' The value given is twice that: a super-resolution movie requires the super-resolution pixel size.'
      : isHalf
        ? ' The value given is half of that: was the movie recorded in super-resolution?'
        : '';
    return [contradiction('doubt', ['apix'], source, `${source} says ${rounded(sizeA)} Å.${hint}`)];
  }
  return [];
}

function voltage({ kev }: Values, { metadata }: Facts): Contradiction[] {
  const known = metadata?.voltageKv ?? null;
  if (kev === undefined || metadata === null || known === null || !differ(kev, known, 0.01)) return [];
  const source = namedSource(metadata);
  return [contradiction('doubt', ['kev'], source, `${source} says ${rounded(known)} kV.`)];
}

function doses({ fmdose, dose }: Values, { sample, metadata }: Facts): Contradiction[] {
  if (sample === null || (fmdose === undefined && dose === undefined)) return [];
  const { frames } = sample;
  const fields: ParameterName[] = fmdose === undefined ? ['dose'] : ['fmdose'];
  const source = `${frames} frames of ${sample.path}`;
  try {
    dosePerFrame(fmdose ?? null, dose ?? null, frames);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const message = error.message.replaceAll('e/A^2', 'e/Å²');
    return [contradiction('fault', ['fmdose', 'dose'], source, message)];
  }
  const total = dose ?? (fmdose ?? 0) * frames;
  const sum =
    fmdose === undefined
      ? ''
      : `${fmdose} e/Å² in each of ${frames} frames is ${rounded(total)} e/Å² in total`;
  const remark = unlikelyDose(total);
  if (remark !== null) {
    const given = sum || `${rounded(total)} e/Å² in total`;
    return [contradiction('doubt', fields, source, `${given}: ${remark}.`)];
  }
  return doseAgainstMetadata(total, sum, fields, metadata);
}

function unlikelyDose(totalEA2: number): string | null {
  if (totalEA2 > INCREDIBLE_DOSE_EA2) return 'implausibly high';
  return totalEA2 < FAINT_DOSE_EA2 ? 'too low to align the frames' : null;
}

/** @param sum - how the total was computed, as words; empty if it was given */
function doseAgainstMetadata(
  totalEA2: number,
  sum: string,
  fields: ParameterName[],
  metadata: MovieMetadata | null,
): Contradiction[] {
  const given = metadata?.doseEA2 ?? null;
  if (given === null || metadata === null || !differ(totalEA2, given, DOSE_TOLERANCE)) return [];
  const where = namedSource(metadata);
  const message = `${sum === '' ? '' : `${sum}, but `}${where} says ${rounded(given)} e/Å² in total.`;
  return [contradiction('doubt', fields, where, message)];
}

function superResolution({ superresolution }: Values, { sample, metadata }: Facts): Contradiction[] {
  if (superresolution && sample?.format === 'eer')
    return [
      contradiction(
        'doubt',
        ['superresolution'],
        sample.path,
        'The movies are EER: use the EER upsampling instead.',
      ),
    ];
  const given = metadata?.superResolution ?? null;
  const isSet = superresolution ?? false;
  if (metadata === null || given === null || given === isSet || sample?.format === 'eer') return [];
  const source = namedSource(metadata);
  const message = given
    ? `${source} says that the camera was in super-resolution mode.`
    : `${source} says that the camera was not in super-resolution mode.`;
  return [contradiction('doubt', ['superresolution'], source, message)];
}

function frames(values: Values, { sample }: Facts): Contradiction[] {
  if (sample === null || sample.format === 'eer') return [];
  const left = sample.frames - (values.throw ?? 0) - (values.trunc ?? 0);
  if (left >= 1) return [];
  const fields = (['throw', 'trunc'] as const).filter((name) => (values[name] ?? 0) > 0);
  const message = `The movie has ${sample.frames} frames, and none would be left.`;
  return fields.length === 0 ? [] : [contradiction('fault', fields, sample.path, message)];
}

function gain(values: Values, { sample, gainSize, references }: Facts): Contradiction[] {
  if (sample === null || gainSize === null || references.gainPath === null) return [];
  const turns = Number(values.rotgain ?? declared('rotgain') ?? 0);
  const [width, height] =
    turns % 2 === 1 ? [gainSize.height, gainSize.width] : [gainSize.width, gainSize.height];
  const fits = [1, 2, 0.5].some((by) => width === by * sample.width && height === by * sample.height);
  if (fits) return [];
  const fitsTurned = [1, 2, 0.5].some((by) => height === by * sample.width && width === by * sample.height);
  const hint = fitsTurned ? ' It fits if rotated by 90°.' : '';
  const fields: ParameterName[] = fitsTurned ? ['rotgain', 'rawgainref'] : ['rawgainref', 'rotgain'];
  const message = `The gain reference has ${gainSize.width} × ${gainSize.height} pixels, the movie ${sample.width} × ${sample.height}.${hint}`;
  return [contradiction('fault', fields, references.gainPath, message)];
}

function defocus(values: Values, { metadata }: Facts): Contradiction[] {
  const target = metadata?.targetDefocusUm ?? null;
  if (metadata === null || target === null || target <= 0) return [];
  const endOf = (name: 'defocus_min' | 'defocus_max') => Number(values[name] ?? declared(name));
  const [minimumA, maximumA] = [endOf('defocus_min'), endOf('defocus_max')];
  const targetA = target * ANGSTROM_PER_UM;
  if (targetA >= minimumA && targetA <= maximumA) return [];
  const field = targetA < minimumA ? 'defocus_min' : 'defocus_max';
  const source = namedSource(metadata);
  const message = `${source} says that the target was ${rounded(targetA)} Å, which is outside the search range.`;
  return [contradiction('doubt', [field], source, message)];
}
