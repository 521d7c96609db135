import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '../api/error.ts';
import { apiWords } from '../api/words.ts';
import { errorWords, uiWords } from '../ui/words.ts';
import classes from './parameter-form.module.css';
import type { FormKind, ParameterFormState } from './use-parameter-form.ts';
import { formWords } from './words.ts';

/** Errors, a summary of what would happen, and the buttons. */
export function FormFoot(props: {
  state: ParameterFormState;
  kind: FormKind;
  contradictions: number;
  onClose: () => void;
}) {
  const { state, kind, contradictions } = props;
  const { sendError } = state;
  const errors = Object.keys(state.errors).length;
  return (
    <div className={classes.foot}>
      {errors > 0 && <FootAlert title={formWords.errors(errors)} />}
      {sendError && errors === 0 && (
        <FootAlert title={errorWords.title}>
          {sendError instanceof ApiError ? `${sendError.message} ${sendError.remedy}` : apiWords.unexpected}
        </FootAlert>
      )}
      <Group justify="space-between" mt={errors > 0 || sendError ? 'sm' : 0}>
        <Text size="sm" c="var(--muted)">
          {contradictions > 0 ? formWords.contradictions(contradictions) : summaryOf(state)}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={props.onClose}>
            {uiWords.cancel}
          </Button>
          <Button type="submit" loading={state.isSending}>
            {formWords.submit[kind][contradictions > 0 ? 'anyway' : 'plain']}
          </Button>
        </Group>
      </Group>
    </div>
  );
}

function FootAlert({ title, children }: { title: string; children?: string }) {
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} py={8} role="alert" title={title}>
      {children}
    </Alert>
  );
}

/** Number of movies that a start would process, or of values that a resume changes. */
function summaryOf({ changes, preview }: ParameterFormState): string | null {
  if (changes !== null) {
    const count = Object.keys(changes).length;
    return count === 0 ? formWords.noChange : formWords.changed(count);
  }
  const movies = preview.data?.movies;
  return movies ? formWords.preview.toDo(movies.toDo + movies.arriving) : null;
}
