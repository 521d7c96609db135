import { Alert, Button, Group, Loader, Select } from '@mantine/core';
import { IconAlertTriangle, IconFlask, IconInfoCircle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionKey } from '../../../src/contract/api.ts';
import type { Trial, TrialAnswer } from '../../../src/contract/preview.ts';
import { beginTrial, cancelTrial, triableQuery, trialQuery } from '../api/beginning.ts';
import { ApiError } from '../api/client.ts';
import { noticeRefusal, queryClient } from '../api/queries.ts';
import { duration, fixed, metricValue } from '../data/format.ts';
import { DriftPlot } from '../plots/drift-plot.tsx';
import { Picture } from '../ui/picture.tsx';
import { text } from '../ui/text.ts';
import classes from './parameter-form.module.css';

const words = text.form.trial;

/** Tries the values of the form on one movie, and shows what came out. @param values - null: they are not whole */
export function FormTrial(props: {
  session: SessionKey;
  values: Record<string, string | boolean> | null;
  onFaulty: (error: ApiError | null) => void;
}) {
  const { session, values, onFaulty } = props;
  const [base, setBase] = useState<string | null>(null);
  const [tried, setTried] = useState<{ id: string; values: string } | null>(null);
  const trial = useQuery(trialQuery(session)).data?.trial ?? null;
  const movies = useQuery(triableQuery(session)).data;
  const take = (answer: TrialAnswer) => queryClient.setQueryData(trialQuery(session).queryKey, answer);
  const failed = (error: unknown) => {
    noticeRefusal(error);
    if (error instanceof ApiError) onFaulty(error);
  };
  const begin = useMutation({
    mutationFn: () => beginTrial(session, values ?? {}, base),
    onSuccess: (answer) => {
      take(answer);
      if (answer.trial) setTried({ id: answer.trial.id, values: JSON.stringify(values) });
    },
    onError: failed,
  });
  const end = useMutation({ mutationFn: () => cancelTrial(session), onSuccess: take, onError: failed });
  const isRunning = trial?.state === 'queued' || trial?.state === 'running';
  const isOther = trial !== null && (tried?.id !== trial.id || tried.values !== JSON.stringify(values));
  return (
    <fieldset className={classes.group}>
      <legend>{words.title}</legend>
      <p className={`muted ${classes.help}`}>{words.help}</p>
      <Group align="flex-end" gap="xs" mt="xs">
        <Select
          label={words.movie}
          placeholder={movies?.length === 0 ? words.noMovie : words.newest}
          data={movies ?? []}
          value={base}
          onChange={setBase}
          searchable
          clearable
          className={classes.triable}
          clearButtonProps={{ 'aria-label': words.newest }}
        />
        {isRunning ? (
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            {words.cancel}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconFlask size={17} />}
            disabled={movies?.length === 0}
            loading={begin.isPending}
            onClick={() => (values === null ? onFaulty(null) : begin.mutate())}
          >
            {trial === null ? words.run : words.again}
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
    <Picture src={pictures[role] ?? null} alt={alt} fit="contain" missing={text.movie.noPicture} />
  );
  return (
    <section className={classes.trial} aria-label={words.of(trial.base)} data-state={state}>
      <p role="status" className={classes.trialState}>
        {(state === 'queued' || state === 'running') && <Loader size={16} aria-hidden />}
        <b>{words.states[state]}</b> <span className="muted">{trial.base}</span>
      </p>
      {isOther && (
        <Alert color="gray" icon={<IconInfoCircle size={18} />} py={6} mb="xs">
          {words.other}
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
            {picture('thumbnail', text.movie.micrographAlt(trial.base))}
            {picture('ctfPicture', text.movie.spectrumAlt(trial.base))}
          </div>
          <dl className={classes.trialFacts}>
            <Fact label={text.metrics.defocusU.label}>
              {fixed((record.ctf?.defocusUA ?? Number.NaN) / 10_000, 2, 'µm')}
            </Fact>
            <Fact label={text.metrics.defocusV.label}>
              {fixed((record.ctf?.defocusVA ?? Number.NaN) / 10_000, 2, 'µm')}
            </Fact>
            <Fact label={text.metrics.fitResolution.label}>
              {metricValue('fitResolution', record.ctf?.fitResolutionA ?? null)}
            </Fact>
            <Fact label={text.metrics.confidence.label}>
              {metricValue('confidence', record.ctf?.confidence ?? null)}
            </Fact>
            <Fact label={text.metrics.motionTotal.label}>
              {metricValue('motionTotal', record.motion?.totalA ?? null)}
            </Fact>
            <Fact label={text.metrics.seconds.label}>
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
