import { z } from 'zod';
import { fromEntries } from './from-entries.ts';

/** This package's own engine: it corrects motion and estimates the CTF, and needs no installation. */
export const BUILTIN_PROGRAM = 'builtin';

/** `align` corrects the motion of a movie, `ctf` estimates the CTF of a micrograph. */
export type ProgramKind = 'align' | 'ctf';

interface ProgramDeclaration {
  readonly kind: ProgramKind;
  /**
   * Value of `align_program` and `ctf_program`, name in the recipe, key of [programs] and flag of `cryoem
   * process`.
   */
  readonly name: string;
  /** Name in sentences. */
  readonly title: string;
  /** What the path in [programs] refers to, in help texts: `path of CTFFIND 4.1 or 5`. */
  readonly pathDescription: string;
  /** Default of that path: a name that is looked up in PATH. */
  readonly command: string;
  /** Whether it needs a GPU: it then processes one movie at a time per GPU. */
  readonly needsGpu: boolean;
}

interface AlignerDeclaration extends ProgramDeclaration {
  readonly kind: 'align';
  /** Example in the help of the key `<name>_arguments` of [programs]. */
  readonly argumentsExample: string;
  /** Memory for one movie; null: no more than the built-in engine needs. */
  readonly bytesPerMovie: number | null;
}

interface CtfProgramDeclaration extends ProgramDeclaration {
  readonly kind: 'ctf';
}

const GIB = 1024 ** 3;

/**
 * Every external program, declared once. Keys of [programs], settings in a batch, choices and help of
 * `align_program` and `ctf_program`, flags of `cryoem process`, docs, checks before a start and slots of the
 * local executor follow from a row; `pipeline/programs/registry.ts` has an adapter for each.
 */
export const PROGRAM_TABLE = [
  {
    kind: 'ctf',
    name: 'ctffind',
    title: 'CTFFIND',
    pathDescription: 'CTFFIND 4.1 or 5',
    command: 'ctffind',
    needsGpu: false,
  },
  {
    kind: 'ctf',
    name: 'gctf',
    title: 'Gctf',
    pathDescription: 'Gctf',
    command: 'gctf',
    needsGpu: true,
  },
  {
    kind: 'align',
    name: 'relion',
    title: 'RELION',
    pathDescription: 'relion_run_motioncorr',
    command: 'relion_run_motioncorr',
    argumentsExample: '--bfactor 200',
    needsGpu: false,
    /** RELION 3.1.3 took 5.3 GiB for a movie of 4096x4096x40 and 9.2 GiB for one of 5760x4092x50. */
    bytesPerMovie: 10 * GIB,
  },
  {
    kind: 'align',
    name: 'motioncor2',
    title: 'MotionCor2',
    pathDescription: 'MotionCor2',
    command: 'MotionCor2',
    argumentsExample: '-Group 2 4',
    needsGpu: true,
    bytesPerMovie: null,
  },
  {
    kind: 'align',
    name: 'motioncor3',
    title: 'MotionCor3',
    pathDescription: 'MotionCor3',
    command: 'MotionCor3',
    argumentsExample: '-Group 2 4',
    needsGpu: true,
    bytesPerMovie: null,
  },
] as const satisfies readonly (AlignerDeclaration | CtfProgramDeclaration)[];

type Row = (typeof PROGRAM_TABLE)[number];
type AlignerRow = Extract<Row, { kind: 'align' }>;
type CtfRow = Extract<Row, { kind: 'ctf' }>;

/** Name of an external program. */
export type ExternalProgram = Row['name'];
export type ExternalAligner = AlignerRow['name'];
export type ExternalCtfProgram = CtfRow['name'];
export type AlignProgram = typeof BUILTIN_PROGRAM | ExternalAligner;
export type CtfProgram = typeof BUILTIN_PROGRAM | ExternalCtfProgram;

export const EXTERNAL_ALIGNERS = PROGRAM_TABLE.filter((row): row is AlignerRow => row.kind === 'align');
const EXTERNAL_CTF_PROGRAMS = PROGRAM_TABLE.filter((row): row is CtfRow => row.kind === 'ctf');

/** Choices of `align_program` and of `align` in [programs]. */
export const ALIGN_PROGRAMS: readonly AlignProgram[] = [
  BUILTIN_PROGRAM,
  ...EXTERNAL_ALIGNERS.map(({ name }) => name),
];
/** Choices of `ctf_program` and of `ctf` in [programs]. */
export const CTF_PROGRAMS: readonly CtfProgram[] = [
  BUILTIN_PROGRAM,
  ...EXTERNAL_CTF_PROGRAMS.map(({ name }) => name),
];

/** Names of programs in sentences. */
export const PROGRAM_TITLES = fromEntries(PROGRAM_TABLE.map(({ name, title }) => [name, title]));

/**
 * The programs of a step as a phrase, such as "CTFFIND or Gctf (these must be installed; Gctf needs a GPU)".
 */
export function describePrograms(kind: ProgramKind): string {
  const rows: readonly ProgramDeclaration[] = PROGRAM_TABLE.filter((row) => row.kind === kind);
  const titles = rows.map(({ title }) => title);
  const onGpu = rows.filter(({ needsGpu }) => needsGpu).map(({ title }) => title);
  const gpu =
    onGpu.length === 0 ? '' : `; ${listOf(onGpu, 'and')} ${onGpu.length > 1 ? 'need' : 'needs'} a GPU`;
  return `${listOf(titles, 'or')} (these must be installed${gpu})`;
}

const listOf = (words: readonly string[], last: string): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

/** Time limit for one movie or micrograph. */
const DEFAULT_TIMEOUT_SECONDS = 600;

/**
 * Paths of programs on the machine of the worker, or names that are looked up in PATH there. Each has
 * a default, because batches of earlier versions do not contain the programs that were added later.
 */
const pathSchemas = fromEntries(
  PROGRAM_TABLE.map(({ name, command, pathDescription }) => [
    name,
    z.string().min(1).default(command).describe(`path of ${pathDescription}, or a name found in PATH`),
  ]),
);

/** Paths of the programs on the machine of the worker, and the time limit of each. */
export const programSettingsSchema = z.object({
  ...pathSchemas,
  timeoutSeconds: z
    .number()
    .positive()
    .default(DEFAULT_TIMEOUT_SECONDS)
    .describe('time limit for one movie or micrograph'),
});
export type ProgramSettings = z.infer<typeof programSettingsSchema>;

/** Default names, looked up in PATH. */
export const DEFAULT_PROGRAM_SETTINGS: ProgramSettings = programSettingsSchema.parse({});
