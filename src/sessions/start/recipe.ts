import type { ParameterValues } from '../../contract/parameters.ts';
import type { Recipe } from '../../contract/recipe.ts';
import { recipeFromParameters } from '../../pipeline/recipe.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { ResolvedReferences } from '../discovery/messages.ts';
import type { SessionRef } from '../session-ref.ts';

/** The instructions for the workers: these parameters, with the paths of the references. */
export const recipeOf = (
  { settings }: Context,
  values: ParameterValues,
  { gainPath, defectMapPath }: ResolvedReferences,
): Recipe => recipeFromParameters(values, { gainPath, defectMapPath }, settings.programs.arguments);

/**
 * Finds the references for these parameters and creates the recipe; `notes` are remarks about the references
 * for users.
 * @throws CodedError BAD_PARAMETERS if the executor is not configured
 */
export async function resolveRecipe(
  context: Context,
  discovery: Discovery,
  { paths }: SessionRef,
  values: ParameterValues,
): Promise<{ recipe: Recipe; notes: readonly string[] }> {
  if (values.executor !== undefined) context.executors.assertConfigured(values.executor);
  const references = await discovery.request('references', {
    raw: paths.raw,
    gain: values.rawgainref ?? null,
    defects: values.rawdefectsmap ?? null,
  });
  return { recipe: recipeOf(context, values, references), notes: references.notes };
}
