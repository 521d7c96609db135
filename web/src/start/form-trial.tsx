import { Button, Group, Select } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionKey } from '../../../src/contract/api.ts';
import type { TrialResponse } from '../../../src/contract/preview.ts';
import { ApiError } from '../api/error.ts';
import { useApi } from '../api/page-query-client.ts';
import { beginTrial, cancelTrial, trialMoviesQuery, trialQuery } from '../api/start-queries.ts';
import classes from './parameter-form.module.css';
import { TrialResult } from './trial-result.tsx';
import { formWords } from './words.ts';

/**
 * Tries the values of the form on one movie and shows the results.
 * @param values - null: some are missing or invalid
 */
export function FormTrial(props: {
  session: SessionKey;
  values: Record<string, string | boolean> | null;
  onInvalid: (error: ApiError | null) => void;
}) {
  const { session, values, onInvalid } = props;
  const api = useApi();
  const queryClient = useQueryClient();
  const [base, setBase] = useState<string | null>(null);
  const [tried, setTried] = useState<{ id: string; values: string } | null>(null);
  const trial = useQuery(trialQuery(session)).data?.trial ?? null;
  const movies = useQuery(trialMoviesQuery(session)).data;
  const storeTrial = (response: TrialResponse) =>
    queryClient.setQueryData(trialQuery(session).queryKey, response);
  const onError = (error: unknown) => {
    if (error instanceof ApiError) onInvalid(error);
  };
  const begin = useMutation({
    mutationFn: () => beginTrial(api, session, values ?? {}, base),
    onSuccess: (response) => {
      storeTrial(response);
      if (response.trial) setTried({ id: response.trial.id, values: JSON.stringify(values) });
    },
    onError,
  });
  const cancel = useMutation({
    mutationFn: () => cancelTrial(api, session),
    onSuccess: storeTrial,
    onError,
  });
  const isRunning = trial?.state === 'queued' || trial?.state === 'running';
  const hasOtherValues =
    trial !== null && (tried?.id !== trial.id || tried.values !== JSON.stringify(values));
  return (
    <fieldset className={classes.group}>
      <legend>{formWords.trial.title}</legend>
      <p className={`muted ${classes.help}`}>{formWords.trial.help}</p>
      <Group align="flex-end" gap="xs" mt="xs">
        <Select
          label={formWords.trial.movie}
          placeholder={movies?.length === 0 ? formWords.trial.noMovie : formWords.trial.newest}
          data={movies ?? []}
          value={base}
          onChange={setBase}
          searchable
          clearable
          className={classes.triable}
          clearButtonProps={{ 'aria-label': formWords.trial.newest }}
        />
        {isRunning ? (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {formWords.trial.cancel}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconFlask size={17} />}
            disabled={movies?.length === 0}
            loading={begin.isPending}
            onClick={() => (values === null ? onInvalid(null) : begin.mutate())}
          >
            {trial === null ? formWords.trial.run : formWords.trial.again}
          </Button>
        )}
      </Group>
      {trial && <TrialResult trial={trial} hasOtherValues={hasOtherValues && !isRunning} />}
    </fieldset>
  );
}
