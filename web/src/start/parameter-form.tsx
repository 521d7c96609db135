import { Drawer, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { SessionDetail } from '../../../src/contract/api.ts';
import { FormFields } from './form-fields.tsx';
import { FormFoot } from './form-foot.tsx';
import { FormPreview } from './form-preview.tsx';
import { FormTrial } from './form-trial.tsx';
import { type FormKind, useParameterForm } from './use-parameter-form.ts';
import { formWords } from './words.ts';

const WIDTH_PX = 620;

/**
 * Form for the parameters of a start or a resume. Errors and contradictions are shown next to their field.
 */
export function ParameterForm(props: { session: SessionDetail; kind: FormKind; onClose: () => void }) {
  const { session, kind, onClose } = props;
  const isPhone = useMediaQuery('(max-width: 640px)') ?? false;
  const state = useParameterForm(session, kind, onClose);
  const { preview } = state;
  const contradictions = preview.data?.contradictions ?? [];
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={isPhone ? '100%' : WIDTH_PX}
      title={<b>{formWords.title[kind]}</b>}
    >
      <form
        ref={state.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          state.submit();
        }}
      >
        <Text size="sm" c="var(--muted)">
          {formWords.lead[kind]}
        </Text>
        <FormFields state={state} kind={kind} contradictions={contradictions} shouldFocusFirst={!isPhone} />
        <FormTrial session={session} values={state.body} onInvalid={state.showTrialError} />
        <FormPreview preview={preview.data} failed={preview.isError} />
        <FormFoot state={state} kind={kind} contradictions={contradictions.length} onClose={onClose} />
      </form>
    </Drawer>
  );
}
