import { ERRORS } from '../../contract/errors.ts';
import type { Trial } from '../../contract/preview.ts';
import type { ResultRecord } from '../../contract/record.ts';
import type { SessionRef } from '../session-ref.ts';
import type { TrialFile } from './trial-file.ts';

export const PICTURE = /\.(jpe?g|png)$/i;

type TrialOutcome = Pick<Trial, 'state' | 'message' | 'remedy'>;

/** @param stateWithoutRecord - state of the trial while there is no record */
export function trialReport(
  { key }: SessionRef,
  file: TrialFile,
  record: ResultRecord | null,
  stateWithoutRecord: 'queued' | 'running',
): Trial {
  const { id, movie, parameters, executor, startedAt } = file;
  const pictures = Object.entries(record?.files ?? {}).filter(([, name]) => PICTURE.test(name));
  const { project, user, session } = key;
  const url = `/api/v1/sessions/${[project, user, session].map(encodeURIComponent).join('/')}/trial/${id}`;
  return {
    id,
    base: movie.base,
    startedAt,
    executor,
    record,
    ...outcomeOf(file, record, stateWithoutRecord),
    parameters,
    pictures: Object.fromEntries(pictures.map(([role]) => [role, `${url}/pictures/${role}`])),
  };
}

function outcomeOf(
  file: TrialFile,
  record: ResultRecord | null,
  stateWithoutRecord: 'queued' | 'running',
): TrialOutcome {
  if (record?.outcome.status === 'ok') return { state: 'done', message: null, remedy: null };
  if (record?.outcome.status === 'failed')
    return { state: 'failed', message: record.outcome.message, remedy: ERRORS[record.outcome.code].remedy };
  const state = file.state === 'open' ? stateWithoutRecord : file.state;
  return { state, message: file.message, remedy: null };
}
