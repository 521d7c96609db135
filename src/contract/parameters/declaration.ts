import type { z } from 'zod';
import type { MovieMetadata } from '../metadata.ts';

/** Parts of the start form, in its order. */
export const PARAMETER_GROUPS = ['microscope', 'movie', 'motion', 'ctf', 'files'] as const;
type ParameterGroup = (typeof PARAMETER_GROUPS)[number];

export type ParameterValue = string | number | boolean;

/** One row of the table of parameters. */
export interface ParameterDeclaration {
  /** Name in the HTTP query and the config file; the flag is `--` + name with `_` as `-`. */
  readonly name: string;
  readonly kind: 'number' | 'integer' | 'boolean' | 'text' | 'choice';
  readonly label: string;
  /** Unit as shown to people, '' where there is none. */
  readonly unit: string;
  readonly help: string;
  readonly group: ParameterGroup;
  readonly required?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly (string | number)[];
  /** What a text must look like, as a regular expression, and in words. */
  readonly pattern?: readonly [string, string];
  readonly default?: ParameterValue;
  /** It is the lower end of a range; this parameter is the upper end. */
  readonly lessThan?: string;
  /** It says the same as this parameter in another way: one of the two is suggested. */
  readonly insteadOf?: string;
  /**
   * Whose result depends on it: a change redoes that step, and CTF estimation after motion correction.
   * `both`: the two steps read it; `discovery`: which movies are taken; `executor`: where they are processed.
   */
  readonly affects: 'align' | 'ctf' | 'both' | 'discovery' | 'executor' | 'nothing';
  /** What it becomes in the recipe of a movie; absent: nothing by itself. */
  readonly recipe?: RecipeField;
  /**
   * Field of the metadata beside a movie that suggests its value. A number is rounded to six digits, a switch
   * is suggested where it is on, and a text is the name of a file beside the movie.
   */
  readonly metadata?: keyof MovieMetadata;
}

export interface RecipeField {
  /** `field`, `group.field` or `group.group.field`. */
  readonly field: string;
  /**
   * What a recipe may hold. Recipes of earlier versions are read with it, so that it is never made narrower.
   */
  readonly schema: z.ZodType;
  /**
   * What the recipe holds where the parameter is not given. `required`: that does not happen. `default`: its
   * default. `null`: null. `absent`: nothing, and nothing either where its default is given; steps then take
   * the default. A new field is `absent`: recipes that do not ask for it keep their hashes, and no movie is
   * redone.
   */
  readonly whenNotGiven: 'required' | 'default' | 'null' | 'absent';
  /** Turns the value of the parameter into that of the recipe, where they differ. */
  readonly convert?: (value: ParameterValue) => unknown;
}
