import { Button, Group, Modal, Text } from '@mantine/core';
import type { StopRequest } from '../../../src/contract/preview.ts';
import { sessionWords } from './words.ts';

type Running = StopRequest['running'];

/** Confirmation of a stop, and the choice whether movies in progress may finish. */
export function StopDialog(props: {
  isOpen: boolean;
  /** Number of movies in progress. */
  inProgress: number;
  /** The request that is being sent. */
  stopping: Running | null;
  onStop: (running: Running) => void;
  onClose: () => void;
}) {
  const { inProgress, stopping, onStop, onClose } = props;
  return (
    <Modal opened={props.isOpen} onClose={onClose} title={sessionWords.stopTitle} centered>
      <Text size="sm">{sessionWords.stopBody}</Text>
      {inProgress > 0 && (
        <Text size="sm" mt="xs">
          {sessionWords.stopInProgress(inProgress)}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="xs">
        <Button variant="default" onClick={onClose} data-autofocus>
          {sessionWords.stopCancel}
        </Button>
        {inProgress > 0 && (
          <Button variant="default" loading={stopping === 'finish'} onClick={() => onStop('finish')}>
            {sessionWords.stopFinish(inProgress)}
          </Button>
        )}
        <Button color="red.9" loading={stopping === 'cancel'} onClick={() => onStop('cancel')}>
          {sessionWords.stopConfirm}
        </Button>
      </Group>
    </Modal>
  );
}
