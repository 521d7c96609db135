import type { ParameterValues } from '../../contract/parameters.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { recipeFromParameters } from '../../pipeline/recipe.ts';
import type { Context } from '../context.ts';
import type { ResolvedReferences } from '../discovery/messages.ts';

/** What the workers are told to do with these parameters, once the references are found. */
export function recipeOf(
  { config }: Context,
  values: ParameterValues,
  { gainPath, defectMapPath }: ResolvedReferences,
): Recipe {
  const { relion_arguments, motioncor2_arguments, motioncor3_arguments } = config.programs;
  return recipeFromParameters(
    values,
    { gainPath, defectMapPath },
    { relion: relion_arguments, motioncor2: motioncor2_arguments, motioncor3: motioncor3_arguments },
  );
}
