import { Alert, Button, Group, Loader, Select } from '@mantine/core';
import { IconAlertTriangle, IconFlask, IconInfoCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionKey } from '../../../src/contract/api.ts';
import type { Trial, TrialAnswer } from '../../../src/contract/preview.ts';
import { beginTrial, cancelTrial, triableQuery, trialQuery } from '../api/beginning.ts';
import { ApiError } from '../api/error.ts';
import { useApi } from '../api/page-query-client.ts';
import { duration, fixed, metricValue } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { DriftPlot } from '../plots/drift-plot.tsx';
import { Picture } from '../ui/picture.tsx';
import { uiWords } from '../ui/words.ts';
import classes from './parameter-form.module.css';
import { formWords } from './words.ts';

/** Tries the values of the form on one movie, and shows what came out. @param values - null: they are not whole */
export function FormTrial(props: {
  session: SessionKey;
  values: Record<string, string | boolean> | null;
  onFaulty: (error: ApiError | null) => void;
}) {
  const { session, values, onFaulty } = props;
  const api = useApi();
  const queryClient = useQueryClient();
  const [base, setBase] = useState<string | null>(null);
  const [tried, setTried] = useState<{ id: string; values: string } | null>(null);
  const trial = useQuery(trialQuery(session)).data?.trial ?? null;
  const movies = useQuery(triableQuery(session)).data;
  const take = (answer: TrialAnswer) => queryClient.setQueryData(trialQuery(session).queryKey, answer);
  const failed = (error: unknown) => {
    if (error instanceof ApiError) onFaulty(error);
  };
  const begin = useMutation({
    mutationFn: () => beginTrial(api, session, values ?? {}, base),
    onSuccess: (answer) => {
      take(answer);
      if (answer.trial) setTried({ id: answer.trial.id, values: JSON.stringify(values) });
    },
    onError: failed,
  });
  const end = useMutation({ mutationFn: () => cancelTrial(api, session), onSuccess: take, onError: failed });
  const isRunning = trial?.state === 'queued' || trial?.state === 'running';
  const isOther = trial !== null && (tried?.id !== trial.id || tried.values !== JSON.stringify(values));
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
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            {formWords.trial.cancel}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconFlask size={17} />}
            disabled={movies?.length === 0}
            loading={begin.isPending}
            onClick={() => (values === null ? onFaulty(null) : begin.mutate())}
          >
            {trial === null ? formWords.trial.run : formWords.trial.again}
          </Button>
        )}
      </Group>
      {trial && <TrialResult trial={trial} isOther={isOther && !isRunning} />}
    </fieldset>
  );
}

function TrialResult({ trial, isOther }: { trial: Trial; isOther: boolean }) {
  const { record, pictures, state } = trial;
  const picture = (role: string, alt: string) => (
    <Picture src={pictures[role] ?? null} alt={alt} fit="contain" missing={uiWords.noPicture} />
  );
  return (
    <section className={classes.trial} aria-label={formWords.trial.of(trial.base)} data-state={state}>
      <p role="status" className={classes.trialState}>
        {(state === 'queued' || state === 'running') && <Loader size={16} aria-hidden />}
        <b>{formWords.trial.states[state]}</b> <span className="muted">{trial.base}</span>
      </p>
      {isOther && (
        <Alert color="gray" icon={<IconInfoCircle size={18} />} py={6} mb="xs">
          {formWords.trial.other}
        </Alert>
      )}
      {trial.message !== null && (
        <Alert color="orange" icon={<IconAlertTriangle />} py={8} role="alert">
          {trial.message} {trial.remedy}
        </Alert>
      )}
      {record?.outcome.status === 'ok' && (
        <>
          <div className={classes.trialPictures}>
            {picture('thumbnail', uiWords.micrographAlt(trial.base))}
            {picture('ctfPicture', uiWords.spectrumAlt(trial.base))}
          </div>
          <dl className={classes.trialFacts}>
            <Fact label={metricWords.defocusU.label}>
              {fixed((record.ctf?.defocusUA ?? Number.NaN) / 10_000, 2, 'µm')}
            </Fact>
            <Fact label={metricWords.defocusV.label}>
              {fixed((record.ctf?.defocusVA ?? Number.NaN) / 10_000, 2, 'µm')}
            </Fact>
            <Fact label={metricWords.fitResolution.label}>
              {metricValue('fitResolution', record.ctf?.fitResolutionA ?? null)}
            </Fact>
            <Fact label={metricWords.confidence.label}>
              {metricValue('confidence', record.ctf?.confidence ?? null)}
            </Fact>
            <Fact label={metricWords.motionTotal.label}>
              {metricValue('motionTotal', record.motion?.totalA ?? null)}
            </Fact>
            <Fact label={metricWords.seconds.label}>
              {duration((Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000)}
            </Fact>
          </dl>
          {record.motion && <DriftPlot motion={record.motion} />}
          {record.warnings.length > 0 && (
            <ul className={classes.warnings}>
              {record.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}

function Fact({ label, children }: { label: string; children: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
