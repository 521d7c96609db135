import { z } from 'zod';
import { EXECUTOR_PATTERN } from './executors.ts';
import {
  ALIGN_PROGRAMS,
  type AlignProgram,
  CTF_PROGRAMS,
  type CtfProgram,
  describePrograms,
} from './programs.ts';

/**
 * Every processing parameter, declared once. The HTTP query, the `[params]` section of the config file, the
 * command-line flags, the start form of the page, the OpenAPI document and the record of a movie are all made
 * from this table, so that a name, a unit or a range can never differ between them.
 */
export interface ParameterDeclaration {
  /** Name in the HTTP query and the config file; the flag is `--` + name with `_` as `-`. */
  readonly name: string;
  readonly kind: 'number' | 'integer' | 'boolean' | 'text' | 'choice';
  readonly label: string;
  /** Unit as shown to people, '' where there is none. */
  readonly unit: string;
  readonly help: string;
  readonly group: 'microscope' | 'movie' | 'files' | 'motion' | 'ctf';
  readonly required?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly (string | number)[];
  /** What a text must look like, as a regular expression, and in words. */
  readonly pattern?: readonly [string, string];
  readonly default?: number | string | boolean;
  /** Which step's result depends on it: only these steps are redone when it changes. */
  readonly affects: 'discovery' | 'align' | 'ctf' | 'both' | 'place' | 'nothing';
}

const text = (name: string, label: string, affects: 'discovery' | 'align', help: string) =>
  ({ name, kind: 'text', label, unit: '', help, group: 'files', affects }) as const;

export const PARAMETERS = [
  {
    name: 'apix',
    kind: 'number',
    label: 'Pixel size',
    unit: 'Å',
    required: true,
    minimum: 0.05,
    maximum: 50,
    group: 'microscope',
    affects: 'both',
    help: 'Pixel size of the movie as it was recorded. For a super-resolution movie this is the small pixel; the micrograph then has twice this pixel size. For EER it is the pixel of the sensor.',
  },
  {
    name: 'fmdose',
    kind: 'number',
    label: 'Dose per frame',
    unit: 'e/Å²',
    minimum: 0,
    maximum: 100,
    group: 'microscope',
    affects: 'align',
    help: 'Electrons per square Angstrom in one frame of the file; of an EER file: in one frame of the camera, not in a fraction. Give this or the total dose; both are accepted where they agree.',
  },
  {
    name: 'dose',
    kind: 'number',
    label: 'Total dose',
    unit: 'e/Å²',
    minimum: 0,
    maximum: 1000,
    group: 'microscope',
    affects: 'align',
    help: 'Electrons per square Angstrom in the whole movie; divided by its number of frames.',
  },
  {
    name: 'kev',
    kind: 'number',
    label: 'Voltage',
    unit: 'kV',
    required: true,
    minimum: 40,
    maximum: 1300,
    group: 'microscope',
    affects: 'both',
    help: 'Acceleration voltage of the microscope, usually 200 or 300.',
  },
  {
    name: 'cs',
    kind: 'number',
    label: 'Spherical aberration',
    unit: 'mm',
    minimum: 0,
    maximum: 10,
    default: 2.7,
    group: 'microscope',
    affects: 'ctf',
    help: 'Spherical aberration Cs of the objective lens.',
  },
  {
    name: 'ac',
    kind: 'number',
    label: 'Amplitude contrast',
    unit: '',
    minimum: 0,
    maximum: 1,
    default: 0.1,
    group: 'ctf',
    affects: 'ctf',
    help: 'Fraction of amplitude contrast; 0.07 to 0.1 for ice.',
  },
  {
    name: 'defocus_min',
    kind: 'number',
    label: 'Least defocus',
    unit: 'Å',
    minimum: 1000,
    maximum: 200000,
    default: 3000,
    group: 'ctf',
    affects: 'ctf',
    help: 'The CTF is searched from this underfocus on.',
  },
  {
    name: 'defocus_max',
    kind: 'number',
    label: 'Largest defocus',
    unit: 'Å',
    minimum: 1000,
    maximum: 200000,
    default: 60000,
    group: 'ctf',
    affects: 'ctf',
    help: 'The CTF is searched up to this underfocus.',
  },
  {
    name: 'phase_shift',
    kind: 'boolean',
    label: 'Phase plate',
    unit: '',
    default: false,
    group: 'ctf',
    affects: 'ctf',
    help: 'A phase plate was used: its phase shift is searched together with the defocus.',
  },
  {
    name: 'phase_min',
    kind: 'number',
    label: 'Least phase shift',
    unit: 'degrees',
    minimum: 0,
    maximum: 180,
    default: 0,
    group: 'ctf',
    affects: 'ctf',
    help: 'Where phase_shift is set, the phase shift is searched from here on.',
  },
  {
    name: 'phase_max',
    kind: 'number',
    label: 'Largest phase shift',
    unit: 'degrees',
    minimum: 0,
    maximum: 180,
    default: 180,
    group: 'ctf',
    affects: 'ctf',
    help: 'Where phase_shift is set, the phase shift is searched up to here.',
  },
  {
    name: 'expected_astigmatism',
    kind: 'number',
    label: 'Expected astigmatism',
    unit: 'Å',
    minimum: 1,
    maximum: 20000,
    group: 'ctf',
    affects: 'ctf',
    help: 'Larger astigmatism is held to be less likely, which steadies the fit of faint rings. Without it all are alike.',
  },
  {
    name: 'ctf_program',
    kind: 'choice',
    label: 'CTF program',
    unit: '',
    choices: CTF_PROGRAMS,
    group: 'ctf',
    affects: 'ctf',
    help: `Which program estimates the CTF: the built-in fit, ${describePrograms('ctf')}. Not given: as the config file says, else the built-in fit.`,
  },
  {
    name: 'superresolution',
    kind: 'boolean',
    label: 'Super-resolution',
    unit: '',
    default: false,
    group: 'movie',
    affects: 'both',
    help: 'The movie was recorded in super-resolution: the micrograph is binned by 2. Not for EER: see its upsampling.',
  },
  {
    name: 'throw',
    kind: 'integer',
    label: 'Leading frames to leave out',
    unit: 'frames',
    minimum: 0,
    maximum: 100000,
    default: 0,
    group: 'motion',
    affects: 'align',
    help: 'So many frames at the start of each movie are not used; of an EER file so many fractions.',
  },
  {
    name: 'trunc',
    kind: 'integer',
    label: 'Trailing frames to leave out',
    unit: 'frames',
    minimum: 0,
    maximum: 100000,
    default: 0,
    group: 'motion',
    affects: 'align',
    help: 'So many frames at the end of each movie are not used; of an EER file so many fractions.',
  },
  {
    name: 'eer_fraction_dose',
    kind: 'number',
    label: 'EER: dose per fraction',
    unit: 'e/Å²',
    minimum: 0.01,
    maximum: 100,
    group: 'movie',
    affects: 'align',
    help: 'Frames of an EER file are summed into fractions of about this dose; about 1 e/Å² without it, or 40 fractions where the dose is not known.',
  },
  {
    name: 'eer_grouping',
    kind: 'integer',
    label: 'EER: camera frames per fraction',
    unit: 'frames',
    minimum: 1,
    maximum: 65535,
    group: 'movie',
    affects: 'align',
    help: 'So many frames of an EER file are summed into one fraction (a length, not the number of fractions); goes before the dose per fraction.',
  },
  {
    name: 'eer_upsampling',
    kind: 'choice',
    label: 'EER: upsampling',
    unit: '',
    choices: [1, 2],
    default: 1,
    group: 'movie',
    affects: 'align',
    help: '2: electrons of an EER file are placed in pixels of half the size; the micrograph has the pixel of the sensor either way.',
  },
  {
    name: 'patch',
    kind: 'text',
    label: 'Patches',
    unit: '',
    pattern: ['[1-9][0-9]?x[1-9][0-9]?', 'two numbers such as 5x5'],
    default: '5x5',
    group: 'motion',
    affects: 'align',
    help: 'Parts of the frame, across and down, whose motion is followed by itself; 1x1 corrects the motion of the whole frame only.',
  },
  {
    name: 'even_odd',
    kind: 'choice',
    label: 'Even and odd sums',
    unit: '',
    choices: ['none', 'plain', 'weighted'],
    default: 'none',
    group: 'motion',
    affects: 'align',
    help: 'Frames of even and of odd number are summed by themselves, too, for denoising: of the plain sum (_EVN.mrc, _ODD.mrc) or of the dose-weighted one (_DW_EVN.mrc, _DW_ODD.mrc).',
  },
  {
    name: 'float16',
    kind: 'boolean',
    label: '16-bit floats',
    unit: '',
    default: false,
    group: 'motion',
    affects: 'align',
    help: 'Sums are written in half the space, as MRC mode 12: read by RELION 4 and later, cryoSPARC, IMOD; not by RELION 3, CTFFIND 4, Gctf.',
  },
  {
    name: 'align_program',
    kind: 'choice',
    label: 'Motion program',
    unit: '',
    choices: ALIGN_PROGRAMS,
    group: 'motion',
    affects: 'align',
    help: `Which program corrects the motion: the built-in engine, ${describePrograms('align')}. Not given: as the config file says, else the built-in engine.`,
  },
  text(
    'rawgainref',
    'Gain reference',
    'align',
    'Path of the gain reference, absolute or relative to raw; may hold * patterns. Without it one is looked for by name (*_gain.tiff, *.gain); none: movies are used as they are.',
  ),
  text(
    'rawdefectsmap',
    'Defect map',
    'align',
    'Path of the defect map, absolute or relative to raw; may hold * patterns. Without it one is looked for by name (*Map.m1.dm4); none: none is used.',
  ),
  {
    name: 'rotgain',
    kind: 'choice',
    label: 'Rotate gain',
    unit: '× 90° counter-clockwise',
    choices: [0, 1, 2, 3],
    default: 0,
    group: 'motion',
    affects: 'align',
    help: 'Rotation of the gain reference as a viewer shows it, before use, as MotionCor -RotGain and RELION --gain_rot.',
  },
  {
    name: 'flipgain',
    kind: 'choice',
    label: 'Flip gain',
    unit: '',
    choices: [0, 1, 2],
    default: 0,
    group: 'motion',
    affects: 'align',
    help: 'Flip of the gain reference after the rotation, as MotionCor -FlipGain: 1 upside down, 2 left-right.',
  },
  text('basename_prefix', 'File name begins with', 'discovery', 'Only movies whose file name begins so.'),
  text(
    'basename_suffix',
    'File name ends with',
    'discovery',
    'Only movies whose file name, without extension, ends so.',
  ),
  text('basename_extension', 'Extension', 'discovery', 'Only movies with this extension, for example tiff.'),
  {
    name: 'particle_size',
    kind: 'number',
    label: 'Particle size',
    unit: 'Å',
    minimum: 0,
    maximum: 10000,
    group: 'movie',
    affects: 'nothing',
    help: 'Longest diameter of the particle; kept in the record for the programs that follow.',
  },
  {
    name: 'executor',
    kind: 'text',
    label: 'Where to run',
    unit: '',
    pattern: [EXECUTOR_PATTERN, 'names of executors, such as "local, slurm"'],
    group: 'movie',
    affects: 'place',
    help: 'Where the batches of this session run, in the order of preference, out of what the config file names. Not given: as the config file says.',
  },
] as const satisfies readonly ParameterDeclaration[];

export type ParameterName = (typeof PARAMETERS)[number]['name'];
export const PARAMETER_TABLE: readonly ParameterDeclaration[] = PARAMETERS;

/** Spellings of a boolean that are accepted, those of Python (`True`, `False`) among them. */
const TRUE_SPELLINGS = new Set(['true', '1', 'yes', 'on']);
const FALSE_SPELLINGS = new Set(['false', '0', 'no', 'off', 'none', '']);

function numberField(p: ParameterDeclaration) {
  let field = z.number({ error: `${p.name} must be a number${p.unit ? ` (${p.unit})` : ''}` });
  if (p.kind === 'integer') field = field.int({ error: `${p.name} must be a whole number` });
  const range = `${p.name} must lie in ${p.minimum} to ${p.maximum}${p.unit ? ` ${p.unit}` : ''}`;
  if (p.minimum !== undefined) field = field.min(p.minimum, { error: range });
  if (p.maximum !== undefined) field = field.max(p.maximum, { error: range });
  return field;
}

const toNumber = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;

function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const spelling = value.trim().toLowerCase();
  return TRUE_SPELLINGS.has(spelling) ? true : FALSE_SPELLINGS.has(spelling) ? false : value;
}

function fieldOf(p: ParameterDeclaration): z.ZodType {
  switch (p.kind) {
    case 'number':
    case 'integer':
      return z.preprocess(toNumber, numberField(p));
    case 'boolean':
      return z.preprocess(toBoolean, z.boolean({ error: `${p.name} must be True or False` }));
    case 'choice':
      return z.preprocess(
        (v) => p.choices?.find((choice) => String(choice) === String(v)) ?? v,
        z.literal(p.choices as (string | number)[], {
          error: `${p.name} must be one of ${p.choices?.join(', ')}`,
        }),
      );
    case 'text': {
      const field = z
        .string({ error: `${p.name} must be text` })
        .trim()
        .min(1)
        .max(1000);
      if (!p.pattern) return field;
      const [pattern, words] = p.pattern;
      return field.regex(new RegExp(`^(${pattern})$`), { error: `${p.name} must be ${words}` });
    }
  }
}

/** Values of the parameters as a person or a portal gives them. An absent one takes its default later. */
export interface ParameterValues {
  apix: number;
  kev: number;
  fmdose?: number;
  dose?: number;
  cs?: number;
  ac?: number;
  defocus_min?: number;
  defocus_max?: number;
  phase_shift?: boolean;
  phase_min?: number;
  phase_max?: number;
  expected_astigmatism?: number;
  ctf_program?: CtfProgram;
  superresolution?: boolean;
  throw?: number;
  trunc?: number;
  eer_fraction_dose?: number;
  eer_grouping?: number;
  eer_upsampling?: 1 | 2;
  patch?: string;
  even_odd?: 'none' | 'plain' | 'weighted';
  float16?: boolean;
  align_program?: AlignProgram;
  rawgainref?: string;
  rawdefectsmap?: string;
  rotgain?: 0 | 1 | 2 | 3;
  flipgain?: 0 | 1 | 2;
  basename_prefix?: string;
  basename_suffix?: string;
  basename_extension?: string;
  particle_size?: number;
  executor?: string;
}

/** A fault of one field, in words a person can act on. */
export interface FieldFault {
  field: string;
  message: string;
}

export type ParameterParse<Values = ParameterValues> =
  | { ok: true; values: Values; unknown: string[] }
  | { ok: false; faults: FieldFault[]; unknown: string[] };

const blank = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/**
 * Parses values from a query, a form, flags or a file, and reports all faults at once.
 * Empty values count as absent; names that are no parameters come back in `unknown`.
 */
export function parseParameters(input: Readonly<Record<string, unknown>>): ParameterParse {
  return parse(input, true) as ParameterParse;
}

/** As `parseParameters`, for changes and for defaults: none is required. */
export function parseSomeParameters(
  input: Readonly<Record<string, unknown>>,
): ParameterParse<Partial<ParameterValues>> {
  return parse(input, false);
}

const RANGES = [
  ['defocus_min', 'defocus_max'],
  ['phase_min', 'phase_max'],
] as const;

/** A range of which one end is given is completed by the declared default of the other. */
function emptyRanges(values: Readonly<Record<string, unknown>>): FieldFault[] {
  const end = (name: string) =>
    Number(values[name] ?? PARAMETER_TABLE.find((p) => p.name === name)?.default ?? Number.NaN);
  return RANGES.flatMap(([low, high]) =>
    end(low) < end(high)
      ? []
      : [{ field: low, message: `${low} (${end(low)}) must be less than ${high} (${end(high)})` }],
  );
}

function parse(
  input: Readonly<Record<string, unknown>>,
  complete: boolean,
): ParameterParse<Partial<ParameterValues>> {
  const values: Record<string, unknown> = {};
  const faults: FieldFault[] = [];
  for (const p of PARAMETER_TABLE) {
    const given = Object.hasOwn(input, p.name) ? input[p.name] : undefined;
    if (blank(given)) {
      if (complete && p.required) faults.push({ field: p.name, message: `${p.name} is missing: ${p.help}` });
      continue;
    }
    const parsed = fieldOf(p).safeParse(given);
    if (parsed.success) values[p.name] = parsed.data;
    else faults.push({ field: p.name, message: parsed.error.issues[0]?.message ?? `${p.name} is not valid` });
  }
  faults.push(...emptyRanges(values));
  const names = new Set(PARAMETER_TABLE.map((p) => p.name));
  const unknown = Object.keys(input).filter((key) => !names.has(key));
  if (faults.length > 0) return { ok: false, faults, unknown };
  return { ok: true, values: values as Partial<ParameterValues>, unknown };
}
