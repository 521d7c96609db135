import { Alert } from '@mantine/core';
import { IconAlertTriangle, IconHourglass } from '@tabler/icons-react';
import type { MovieDetail } from '../../../src/contract/api.ts';
import { ERRORS } from '../../../src/contract/errors.ts';
import { uiWords } from '../ui/words.ts';
import { movieWords } from './words.ts';

/** The reason why a movie failed, or a note that it has no result yet; nothing if it is done. */
export function MovieState({ detail }: { detail: MovieDetail }) {
  const { row, record } = detail;
  const failure = record?.outcome.status === 'failed' ? record.outcome : null;
  if (failure !== null || row.state === 'failed')
    return <Failure code={failure?.code ?? row.errorCode} message={failure?.message ?? row.errorMessage} />;
  if (record !== null) return null;
  return (
    <Alert color="gray" icon={<IconHourglass />} title={movieWords.waitingTitle} my="sm">
      {movieWords.waiting(movieWords.states[row.state])}
    </Alert>
  );
}

function Failure({ code, message }: { code: keyof typeof ERRORS | null; message: string | null }) {
  const error = code === null ? null : ERRORS[code];
  return (
    <Alert
      color="orange"
      icon={<IconAlertTriangle />}
      title={`${movieWords.failedTitle}${code === null ? '' : ` (${code})`}`}
      my="sm"
    >
      <div>{message ?? error?.text ?? ''}</div>
      {error && (
        <div>
          {uiWords.remedy}: {error.remedy}
        </div>
      )}
    </Alert>
  );
}
