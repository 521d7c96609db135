import { Alert, Button, Drawer, Group, Text } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { SessionDetail, SessionSummary } from '../../../src/contract/api.ts';
import { PARAMETER_TABLE } from '../../../src/contract/parameters.ts';
import { previewQuery } from '../api/beginning.ts';
import { ApiError } from '../api/error.ts';
import { sessionPath } from '../api/paths.ts';
import { sessionQuery } from '../api/queries.ts';
import { apiWords } from '../api/words.ts';
import { FORM_GROUPS, groupWords } from '../data/parameter-groups.ts';
import { useServices } from '../state/services.ts';
import { tellFault } from '../ui/fault.tsx';
import { errorWords, uiWords } from '../ui/words.ts';
import { FormPreview } from './form-preview.tsx';
import { FormTrial } from './form-trial.tsx';
import { byField, changedFields, type FormValues, faultsOf, prefill, toBody } from './form-values.ts';
import { ParameterField } from './parameter-field.tsx';
import classes from './parameter-form.module.css';
import { formWords } from './words.ts';

/** So long after the last key what a start would do is asked for. */
const TYPING_MS = 400;

/** The parameters of a start, or their change at a resume: one field per declaration, every fault beside its field. */
export function ParameterForm(props: {
  session: SessionDetail;
  kind: 'start' | 'resume';
  onClose: () => void;
}) {
  const { session, kind, onClose } = props;
  const { queryClient, summaries } = useServices();
  const phone = useMediaQuery('(max-width: 640px)');
  // Kept from the moment of opening: an event must not change a field that is being typed in.
  const [opened] = useState(() => prefill(session, kind));
  const [values, setValues] = useState<FormValues>(opened.values);
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<Record<string, string>>({});
  const form = useRef<HTMLFormElement>(null);
  const faults = useMemo(
    () => ({ ...refused, ...(tried ? faultsOf(values) : {}) }),
    [refused, tried, values],
  );
  const changes = kind === 'resume' ? changedFields(opened.values, values) : null;
  const whole = useMemo(() => toBody(values, opened.sources), [values, opened]);
  const [asked] = useDebouncedValue(whole, TYPING_MS);
  const preview = useQuery(previewQuery(session, kind, asked));
  const contradictions = preview.data?.contradictions ?? [];
  const send = useMutation({
    mutationFn: () =>
      queryClient.api.post<SessionSummary>(
        `${sessionPath(session)}/${kind}`,
        changes ?? toBody(values, opened.sources),
      ),
    onSuccess: (summary) => {
      summaries.patch([summary]);
      void queryClient.invalidateQueries({ queryKey: sessionQuery(session).queryKey });
      notifications.show({ message: kind === 'start' ? formWords.started : uiWords.resumed });
      onClose();
    },
    onError: (error) => {
      if (error instanceof ApiError) {
        setRefused(byField(error.faults, values));
        toFirstFault();
      }
    },
  });
  const toFirstFault = () =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  const submit = () => {
    setTried(true);
    setRefused({});
    if (Object.keys(faultsOf(values)).length > 0) toFirstFault();
    else send.mutate();
  };
  const set = (name: string, value: string | boolean) => {
    setValues((old) => ({ ...old, [name]: value }));
    setRefused(({ [name]: _gone, ...rest }) => rest);
  };
  const count = Object.keys(faults).length;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={phone ? '100%' : 620}
      title={<b>{kind === 'start' ? formWords.startTitle : formWords.resumeTitle}</b>}
    >
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Text size="sm" c="var(--muted)">
          {kind === 'start' ? formWords.lead : formWords.leadResume}
        </Text>
        {FORM_GROUPS.map((group) => (
          <fieldset key={group} className={classes.group}>
            <legend>{groupWords[group]}</legend>
            <div className={classes.fields}>
              {PARAMETER_TABLE.filter((p) => p.group === group).map((p) => (
                <ParameterField
                  key={p.name}
                  declaration={p}
                  value={values[p.name] ?? ''}
                  fault={faults[p.name]}
                  source={values[p.name] === opened.values[p.name] ? opened.sources[p.name] : undefined}
                  before={
                    kind === 'resume' && values[p.name] !== opened.values[p.name]
                      ? formWords.before(String(opened.values[p.name] || formWords.unset))
                      : undefined
                  }
                  contradictions={contradictions.filter(({ fields }) => fields[0] === p.name)}
                  // A phone would cover the form with its keys.
                  isFirst={p === PARAMETER_TABLE[0] && !phone}
                  onChange={(value) => set(p.name, value)}
                />
              ))}
            </div>
            {group === 'microscope' && <DoseNote values={values} />}
          </fieldset>
        ))}
        <FormTrial
          session={session}
          values={Object.keys(faultsOf(values)).length === 0 ? whole : null}
          onFaulty={(error) => {
            setTried(true);
            if (error) setRefused(byField(error.faults, values));
            if (error === null || error.faults.length > 0) toFirstFault();
            else tellFault(error);
          }}
        />
        <FormPreview preview={preview.data} failed={preview.isError} />
        <div className={classes.foot}>
          {count > 0 && (
            <Alert
              color="orange"
              icon={<IconAlertTriangle />}
              py={8}
              role="alert"
              title={formWords.faults(count)}
            />
          )}
          {send.error && count === 0 && (
            <Alert color="orange" icon={<IconAlertTriangle />} py={8} role="alert" title={errorWords.title}>
              {send.error instanceof ApiError
                ? `${send.error.message} ${send.error.remedy}`
                : apiWords.unexpected}
            </Alert>
          )}
          <Group justify="space-between" mt={count > 0 || send.error ? 'sm' : 0}>
            <Text size="sm" c="var(--muted)">
              {contradictions.length > 0 && formWords.contradictions(contradictions.length)}
              {changes === null &&
                contradictions.length === 0 &&
                preview.data?.movies &&
                formWords.preview.toDo(preview.data.movies.toDo + preview.data.movies.arriving)}
              {changes &&
                contradictions.length === 0 &&
                (Object.keys(changes).length === 0
                  ? formWords.noChange
                  : formWords.changed(Object.keys(changes).length))}
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {uiWords.cancel}
              </Button>
              <Button type="submit" loading={send.isPending}>
                {contradictions.length > 0
                  ? kind === 'start'
                    ? formWords.inSpite
                    : formWords.resumeInSpite
                  : kind === 'start'
                    ? formWords.startButton
                    : formWords.resumeButton}
              </Button>
            </Group>
          </Group>
        </div>
      </form>
    </Drawer>
  );
}

/** What the two ways to give the dose mean together. */
function DoseNote({ values }: { values: FormValues }) {
  const given = (name: string) => String(values[name] ?? '').trim() !== '';
  const note =
    given('fmdose') && given('dose')
      ? formWords.bothDoses
      : given('fmdose') || given('dose')
        ? null
        : formWords.noDose;
  return note === null ? null : (
    <Text size="sm" mt="xs" className={classes.note}>
      {note}
    </Text>
  );
}
