import type { z } from 'zod';
import type { MovieMetadata } from '../metadata.ts';

/** Sections of the start form, in order. */
export const PARAMETER_GROUPS = ['microscope', 'movie', 'motion', 'ctf', 'files'] as const;
type ParameterGroup = (typeof PARAMETER_GROUPS)[number];

export type ParameterValue = string | number | boolean;

/** One row of the table of parameters. */
export interface ParameterDeclaration {
  /** Name in the HTTP query and the config file; the flag is `--` + name with `_` as `-`. */
  readonly name: string;
  readonly kind: 'number' | 'integer' | 'boolean' | 'text' | 'choice';
  readonly label: string;
  /** Unit as shown to users, '' if there is none. */
  readonly unit: string;
  readonly help: string;
  readonly group: ParameterGroup;
  readonly required?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly (string | number)[];
  /** Format of a text: a regular expression and a description. */
  readonly pattern?: readonly [string, string];
  readonly default?: ParameterValue;
  /** This parameter is the lower end of a range whose upper end is the named one. */
  readonly lessThan?: string;
  /** Alternative to the named parameter with the same meaning: only one of the two is suggested. */
  readonly insteadOf?: string;
  /**
   * The step whose result depends on it. After a change, that step is repeated; if it is motion correction,
   * CTF estimation is repeated as well. `both`: both steps depend on it; `discovery`: which movies are
   * processed; `executor`: where they are processed.
   */
  readonly affects: 'align' | 'ctf' | 'both' | 'discovery' | 'executor' | 'nothing';
  /** The field of the recipe that it sets; absent: none. */
  readonly recipe?: RecipeField;
  /**
   * The start form suggests the value of this field of a movie's metadata. A number is rounded to six digits,
   * a boolean is suggested only if it is true, and a text is the name of a file next to the movie.
   */
  readonly metadata?: keyof MovieMetadata;
}

export interface RecipeField {
  /** `field`, `group.field` or `group.group.field`. */
  readonly field: string;
  /**
   * The values that a recipe may contain. Recipes of earlier versions are parsed with it, so it must never
   * become stricter.
   */
  readonly schema: z.ZodType;
  /**
   * The value in the recipe if the parameter is not given. `required`: the value is always known when a
   * recipe is made: the user must give it, or the service determines it (programs, gain reference).
   * `default`: the default of the parameter. `null`: null. `absent`: no field, even if the default itself
   * is given; the step then uses the default. New fields are `absent`, so that the hashes of existing
   * recipes do not change and no movie is reprocessed.
   */
  readonly whenNotGiven: 'required' | 'default' | 'null' | 'absent';
  /** Converts the value of the parameter to that of the recipe, if they differ. */
  readonly convert?: (value: ParameterValue) => unknown;
}
