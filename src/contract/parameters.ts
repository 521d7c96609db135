import { CTF_PARAMETERS } from './parameters/ctf.ts';
import type { ParameterDeclaration } from './parameters/declaration.ts';
import { FILE_PARAMETERS } from './parameters/files.ts';
import { MICROSCOPE_PARAMETERS } from './parameters/microscope.ts';
import { MOTION_PARAMETERS } from './parameters/motion.ts';
import { MOVIE_PARAMETERS } from './parameters/movie.ts';

export {
  PARAMETER_GROUPS,
  type ParameterDeclaration,
  type ParameterValue,
} from './parameters/declaration.ts';

/**
 * Every processing parameter, declared once; the rows are in `parameters/`. The HTTP query, the `[params]`
 * section of the config file, the flags, the start form, the OpenAPI document, docs/parameters.md, the recipe
 * of a movie and what is reprocessed after a change all follow from this table.
 */
const PARAMETERS = [
  ...MICROSCOPE_PARAMETERS,
  ...MOVIE_PARAMETERS,
  ...MOTION_PARAMETERS,
  ...CTF_PARAMETERS,
  ...FILE_PARAMETERS,
] as const satisfies readonly ParameterDeclaration[];

/** A declared parameter, with the literal types of its row. */
export type ParameterRow = (typeof PARAMETERS)[number];
export type ParameterName = ParameterRow['name'];

interface Parameter extends ParameterDeclaration {
  readonly name: ParameterName;
}
export const PARAMETER_TABLE: readonly Parameter[] = PARAMETERS;

type ValueOf<R extends ParameterRow> = R extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : { number: number; integer: number; boolean: boolean; text: string; choice: never }[R['kind']];
type RequiredRow = Extract<ParameterRow, { readonly required: true }>;

/** Values of the parameters as given by a user or a portal. Missing ones get their defaults later. */
export type ParameterValues = {
  [R in RequiredRow as R['name']]: ValueOf<R>;
} & {
  [R in Exclude<ParameterRow, RequiredRow> as R['name']]?: ValueOf<R>;
};

type DefaultRow = Extract<ParameterRow, { readonly default: string | number | boolean }>;

/** The declared defaults, by name. */
export const PARAMETER_DEFAULTS = Object.fromEntries(
  PARAMETER_TABLE.flatMap((p) => (p.default === undefined ? [] : [[p.name, p.default]])),
) as { readonly [R in DefaultRow as R['name']]: ValueOf<R> };
