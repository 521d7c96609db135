import type { ParameterValues } from '../../contract/parameters.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { recipeFromParameters } from '../../pipeline/recipe.ts';
import type { Context } from '../context.ts';
import type { ResolvedReferences } from '../discovery/messages.ts';

/** What the workers are told to do with these parameters, once the references are found. */
export function recipeOf(
  { settings }: Context,
  values: ParameterValues,
  { gainPath, defectMapPath }: ResolvedReferences,
): Recipe {
  return recipeFromParameters(values, { gainPath, defectMapPath }, settings.programs.arguments);
}
