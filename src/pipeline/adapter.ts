import { CodedError } from '../contract/errors.ts';
import type { AlignOutcome, AlignRequest, CtfOutcome, CtfRequest, LocalMotion } from '../engine/ports.ts';

/**
 * The port for programs. `align` turns a movie into a micrograph and its motion, `estimateCtf` a micrograph into its
 * CTF; a program has one of them or both. An adapter of an external program builds its command line, runs it in
 * `workDir`, and parses its output into the outcome or throws a CodedError. A parse that finds nothing is an error,
 * never a zero. An aligner hands the references that it read to `request.onReferences`.
 */
export interface ProgramAdapter {
  /** As in `recipe.programs`. */
  readonly name: string;
  readonly version: string;
  align?(request: AlignRequest, workspace: AlignWorkspace): Promise<ProgramResult<Aligned>>;
  estimateCtf?(request: CtfRequest, workspace: CtfWorkspace): Promise<ProgramResult<CtfFit>>;
}

/** A private directory that is removed after the movie; programs that write files do so in it. */
export interface Workspace {
  readonly workDir: string;
}

interface AlignWorkspace extends Workspace {
  /** Of the recipe, for programs with a command line: as a shell would take them. */
  readonly furtherArguments?: string | undefined;
}

export interface CtfWorkspace extends Workspace {
  /** MRC mode 2 file that holds `request.image`, for programs that read files. Not to be changed. */
  readonly micrographPath: string;
}

/** What a program delivered, and the command line, or the equivalent call, that made it. */
export interface ProgramResult<Outcome> {
  readonly outcome: Outcome;
  readonly command: string;
  /** Of an external program: the version that its output names. How much processor time it took is not known. */
  readonly external?: { readonly version: string };
}

/** An alignment, with warnings in words, and what an external program wrote about it. */
export interface Aligned extends Omit<AlignOutcome, 'local' | 'readerWarnings' | 'findings'> {
  /** Absent or null where no patches were asked for. */
  readonly local?: LocalMotion<string> | null;
  readonly warnings: readonly string[];
  readonly programLog?: string;
}

/** A fit, with warnings in words, and CTFFIND's result text where the program wrote one itself. */
export interface CtfFit extends Omit<CtfOutcome, 'findings'> {
  readonly warnings: readonly string[];
  readonly ctffindText?: string;
}

/** Adapters by name. */
export type Programs = ReadonlyMap<string, ProgramAdapter>;

export const registerPrograms = (...adapters: readonly ProgramAdapter[]): Programs =>
  new Map(adapters.map((adapter) => [adapter.name, adapter]));

type Face = 'align' | 'estimateCtf';
type WithFace<F extends Face> = ProgramAdapter & Required<Pick<ProgramAdapter, F>>;
export type Aligner = WithFace<'align'>;
export type CtfEstimator = WithFace<'estimateCtf'>;

const hasFace = <F extends Face>(adapter: ProgramAdapter | undefined, face: F): adapter is WithFace<F> =>
  adapter?.[face] !== undefined;

/** @throws CodedError PROGRAM_MISSING when nothing of that name is registered, or it does not do that step */
export function programFor<F extends Face>(programs: Programs, name: string, face: F): WithFace<F> {
  const adapter = programs.get(name);
  if (hasFace(adapter, face)) return adapter;
  const known = [...programs.values()].filter((a) => a[face]).map((a) => a.name);
  throw new CodedError('PROGRAM_MISSING', `There is no program "${name}" for this step.`, {
    field: `programs.${face === 'align' ? 'align' : 'ctf'}`,
    expected: known.join(' or '),
    found: name,
  });
}
