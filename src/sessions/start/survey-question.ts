import type { ParameterValues } from '../../contract/parameters.ts';
import type { SurveyQuestion } from '../discovery/messages.ts';
import { fileNameFilterOf } from '../lifecycle/lifecycle.ts';

/** The question to discovery what a start with these values would find in raw. */
export const surveyQuestionOf = (
  raw: string,
  values: Partial<ParameterValues>,
  wantsPaths: boolean,
): SurveyQuestion => ({
  raw,
  names: fileNameFilterOf(values),
  wantsPaths,
  gain: values.rawgainref ?? null,
  defects: values.rawdefectsmap ?? null,
});
