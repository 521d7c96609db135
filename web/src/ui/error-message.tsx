import { Alert, Button, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '../api/error.ts';
import { apiWords } from '../api/words.ts';
import { errorWords, uiWords } from './words.ts';

/** How long the notification of an error is shown. */
const NOTIFICATION_MS = 12_000;

/** An error shown in place of a view, with its remedy and a button to try again. */
export function ErrorMessage(props: { title: string; error: unknown; onRetry?: () => void }) {
  const { error, onRetry } = props;
  return (
    <Alert color="orange" icon={<IconAlertTriangle />} title={props.title} my="md" role="alert">
      <Text size="sm">{error instanceof Error ? error.message : apiWords.unexpected}</Text>
      {error instanceof ApiError && error.remedy !== '' && (
        <Text size="sm" c="var(--muted)">
          {error.remedy}
        </Text>
      )}
      {onRetry && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          {uiWords.again}
        </Button>
      )}
    </Alert>
  );
}

/** Shows the error of an action as a notification. */
export function notifyError(error: unknown): void {
  notifications.show({
    color: 'orange',
    title: errorWords.title,
    message: error instanceof ApiError ? `${error.message} ${error.remedy}` : apiWords.unexpected,
    autoClose: NOTIFICATION_MS,
  });
}
