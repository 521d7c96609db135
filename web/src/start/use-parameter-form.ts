import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { SessionDetail, SessionSummary } from '../../../src/contract/api.ts';
import { ApiError } from '../api/error.ts';
import { sessionPath } from '../api/paths.ts';
import { sessionQuery } from '../api/queries.ts';
import { previewQuery } from '../api/start-queries.ts';
import { useServices } from '../state/services.ts';
import { notifyError } from '../ui/error-message.tsx';
import { uiWords } from '../ui/words.ts';
import { byField, changedFields, errorsOf, type FormValues, prefill, toBody } from './form-values.ts';
import { formWords } from './words.ts';

export type FormKind = 'start' | 'resume';

/** Time between the last keystroke and the request for a preview. */
const PREVIEW_DELAY_MS = 400;

/**
 * Values, errors and preview of the form of a start or a resume, and the functions that change and send it.
 */
export function useParameterForm(session: SessionDetail, kind: FormKind, onClose: () => void) {
  const { queryClient, summaries } = useServices();
  // Not updated after the form was opened: a live event must not change a field while the user is typing.
  const [initialForm] = useState(() => prefill(session, kind));
  const [values, setValues] = useState<FormValues>(initialForm.values);
  const [areErrorsShown, setErrorsShown] = useState(false);
  const [refusals, setRefusals] = useState<Record<string, string>>({});
  const form = useRef<HTMLFormElement>(null);
  const valueErrors = useMemo(() => errorsOf(values), [values]);
  const isValid = Object.keys(valueErrors).length === 0;
  const changes = kind === 'resume' ? changedFields(initialForm.values, values) : null;
  const body = useMemo(() => toBody(values, initialForm.sources), [values, initialForm]);
  const [previewBody] = useDebouncedValue(body, PREVIEW_DELAY_MS);
  const preview = useQuery(previewQuery(session, kind, previewBody));
  const focusFirstError = () =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  const send = useMutation({
    mutationFn: () =>
      queryClient.api.post<SessionSummary>(`${sessionPath(session)}/${kind}`, changes ?? body),
    onSuccess: (summary) => {
      summaries.patch([summary]);
      void queryClient.invalidateQueries({ queryKey: sessionQuery(session).queryKey });
      notifications.show({ message: kind === 'start' ? formWords.started : uiWords.resumed });
      onClose();
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      setRefusals(byField(error.fieldErrors, values));
      focusFirstError();
    },
  });
  return {
    form,
    initialForm,
    values,
    errors: { ...refusals, ...(areErrorsShown ? valueErrors : {}) },
    /** The values that a start or a trial sends; null while one is missing or invalid. */
    body: isValid ? body : null,
    /** Values that a resume changes; null for a start. */
    changes,
    preview,
    isSending: send.isPending,
    sendError: send.error,
    set(name: string, value: string | boolean) {
      setValues((old) => ({ ...old, [name]: value }));
      setRefusals(({ [name]: _removed, ...rest }) => rest);
    },
    submit() {
      setErrorsShown(true);
      setRefusals({});
      if (isValid) send.mutate();
      else focusFirstError();
    },
    /** @param error - the reason why the trial was refused; null: values are missing or invalid */
    showTrialError(error: ApiError | null) {
      setErrorsShown(true);
      if (error !== null) setRefusals(byField(error.fieldErrors, values));
      if (error === null || error.fieldErrors.length > 0) focusFirstError();
      else notifyError(error);
    },
  };
}

export type ParameterFormState = ReturnType<typeof useParameterForm>;
