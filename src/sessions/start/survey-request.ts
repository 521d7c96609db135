import type { ParameterValues } from '../../contract/parameters.ts';
import type { SurveyRequest } from '../discovery/messages.ts';
import { fileNameFilterOf } from '../lifecycle/lifecycle.ts';

/** The request that asks discovery what a start with these values would find in raw. */
export const surveyRequestOf = (
  raw: string,
  values: Partial<ParameterValues>,
  needsPaths: boolean,
): SurveyRequest => ({
  raw,
  fileNameFilter: fileNameFilterOf(values),
  needsPaths,
  gain: values.rawgainref ?? null,
  defects: values.rawdefectsmap ?? null,
});
