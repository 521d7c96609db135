import { CodedError } from '../../contract/errors.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { SessionRef } from '../session-ref.ts';
import { checkHalfSizeGain } from './contradictions.ts';
import { surveyRequestOf } from './survey-request.ts';

/**
 * Refuses a gain reference of half the size of the movies, if the config file says so. Movies that are not
 * there yet are checked when they are processed.
 * @throws CodedError GAIN_SIZE_MISMATCH
 */
export async function assertGainSize(
  { settings }: Context,
  discovery: Discovery,
  { paths }: SessionRef,
  values: ParameterValues,
): Promise<void> {
  if (!settings.discovery.refusesHalfSizeGain) return;
  const survey = await discovery.request('survey', surveyRequestOf(paths.raw, values, false));
  const [error] = checkHalfSizeGain(values, survey, 'error');
  if (error) throw new CodedError('GAIN_SIZE_MISMATCH', error.message, { file: error.source });
}
