import { CodedError } from '../contract/errors.ts';
import type { AlignOutcome, AlignRequest, CtfOutcome, CtfRequest, LocalMotion } from '../engine/ports.ts';

/**
 * The port for programs. `align` computes a micrograph and its motion from a movie, `estimateCtf` the CTF
 * from a micrograph; a program implements one of them or both. An adapter of an external program builds its
 * command line, runs it in `workDir`, and parses its output into the result or throws a CodedError. Missing
 * output is an error, never a zero. An aligner passes the references that it read to `request.onReferences`.
 */
export interface ProgramAdapter {
  /** Name in `recipe.programs`. */
  readonly name: string;
  readonly version: string;
  align?(request: AlignRequest, workspace: AlignWorkspace): Promise<ProgramResult<Alignment>>;
  estimateCtf?(request: CtfRequest, workspace: CtfWorkspace): Promise<ProgramResult<CtfFit>>;
}

/** A private directory for programs that write files; removed when the movie is done. */
export interface Workspace {
  readonly workDir: string;
}

interface AlignWorkspace extends Workspace {
  /** Additional arguments of the recipe in shell syntax, for programs with a command line. */
  readonly additionalArguments?: string | undefined;
}

export interface CtfWorkspace extends Workspace {
  /**
   * Path, relative to `workDir`, of an MRC file of mode 2 with `request.image`, for programs that read files.
   * The file must not be changed.
   */
  readonly micrographPath: string;
}

/** The result of a program, and the command line, or the equivalent call, that produced it. */
export interface ProgramResult<Outcome> {
  readonly outcome: Outcome;
  readonly command: string;
  /** For an external program: the version in its output. Its CPU time is not known. */
  readonly external?: { readonly version: string };
}

/** An alignment, with warnings as sentences, and the log of an external program. */
export interface Alignment extends Omit<AlignOutcome, 'local' | 'readerWarnings' | 'findings'> {
  /** Absent or null if no patches were requested. */
  readonly local?: LocalMotion<string> | null;
  readonly warnings: readonly string[];
  readonly programLog?: string;
}

/** A fit, with warnings as sentences, and CTFFIND's result text if the program wrote one itself. */
export interface CtfFit extends Omit<CtfOutcome, 'findings'> {
  readonly warnings: readonly string[];
  readonly ctffindText?: string;
}

/** Adapters by name. */
export type Programs = ReadonlyMap<string, ProgramAdapter>;

export const registerPrograms = (...adapters: readonly ProgramAdapter[]): Programs =>
  new Map(adapters.map((adapter) => [adapter.name, adapter]));

type Method = 'align' | 'estimateCtf';
type WithMethod<F extends Method> = ProgramAdapter & Required<Pick<ProgramAdapter, F>>;
export type Aligner = WithMethod<'align'>;
export type CtfEstimator = WithMethod<'estimateCtf'>;

const hasMethod = <F extends Method>(
  adapter: ProgramAdapter | undefined,
  method: F,
): adapter is WithMethod<F> => adapter?.[method] !== undefined;

/**
 * @throws CodedError PROGRAM_MISSING if no such program is registered, or if it does not implement this step
 */
export function programFor<F extends Method>(programs: Programs, name: string, method: F): WithMethod<F> {
  const adapter = programs.get(name);
  if (hasMethod(adapter, method)) return adapter;
  const names = [...programs.values()].filter((a) => a[method]).map((a) => a.name);
  throw new CodedError('PROGRAM_MISSING', `There is no program "${name}" for this step.`, {
    field: `programs.${method === 'align' ? 'align' : 'ctf'}`,
    expected: names.join(' or '),
    found: name,
  });
}
