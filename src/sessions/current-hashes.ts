import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileCall } from '../base/file-calls.ts';
import { unlessMissing } from '../base/missing-file.ts';
import type { Recipe, StepName } from '../contract/recipe.ts';
import { stepHashesWith } from '../pipeline/recipe.ts';

/**
 * The step hashes of a recipe with its gain reference and defect map as they are now. The files may be on a
 * file system that does not respond.
 * @throws FileCallStuck; the file system's error
 */
export const currentStepHashes = (recipe: Recipe): Promise<Record<StepName, string>> =>
  stepHashesWith(recipe, (path) => fileCall(dirname(path), path, () => unlessMissing(stat(path), null)));
