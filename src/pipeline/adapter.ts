import { CodedError } from '../contract/errors.ts';
import type { AlignOutcome, AlignRequest, CtfOutcome, CtfRequest } from '../engine/ports.ts';

/**
 * The port for programs: one adapter, two faces. `align` turns a movie into a micrograph and its motion,
 * `estimateCtf` a micrograph into its CTF. An adapter that runs an external program builds its command line, runs
 * it in `workDir`, and parses its output into the outcome or throws a CodedError. A parse that finds nothing is an
 * error, never a zero.
 */
export interface ProgramAdapter {
  /** As in `recipe.programs`. */
  readonly name: string;
  readonly version: string;
  align?(request: AlignRequest, place: AlignPlace): Promise<Ran<Aligned>>;
  estimateCtf?(request: CtfRequest, place: MicrographPlace): Promise<Ran<CtfFit>>;
}

/** A private directory that is removed after the movie; programs that write files do so here. */
export interface WorkPlace {
  readonly workDir: string;
}

export interface AlignPlace extends WorkPlace {
  /** Of the recipe, for programs with a command line: as a shell would take them. */
  readonly furtherArguments?: string | undefined;
}

export interface MicrographPlace extends WorkPlace {
  /** MRC mode 2 file that holds `request.image`, for programs that read files. Not to be changed. */
  readonly micrographPath: string;
}

/** What a program delivered, and the command line, or the equivalent call, that made it. */
export interface Ran<Outcome> {
  readonly outcome: Outcome;
  readonly command: string;
  /** Of a program of its own: the version that its output names. What it took of the processors is not known. */
  readonly external?: { readonly version: string };
}

/** An alignment, and what the program wrote about it where it is one of its own. */
export interface Aligned extends AlignOutcome {
  readonly programLog?: string;
}

/** A fit, and CTFFIND's result text where the program wrote one itself. */
export interface CtfFit extends CtfOutcome {
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

/** @throws CodedError PROGRAM_MISSING when nothing of that name is registered, or it has not got that face */
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
