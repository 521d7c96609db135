import { Button, Group, Modal, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconRotate } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionGainCheck, SessionSummary } from '../../../src/contract/api.ts';
import { sessionPath } from '../api/paths.ts';
import { gainQuery, sessionQuery } from '../api/queries.ts';
import { useServices } from '../state/services.ts';
import { useSessionKey } from '../state/session-context.ts';
import { notifyError } from '../ui/error-message.tsx';
import { uiWords } from '../ui/words.ts';
import { gainWords } from './words.ts';

/** Resumes with the best match after a confirmation. Hidden unless the orientation is wrong. */
export function BestSettingButton({ gainCheck: { verdict, best } }: { gainCheck: SessionGainCheck }) {
  const key = useSessionKey();
  const { queryClient, summaries } = useServices();
  const [isAsking, setAsking] = useState(false);
  const resume = useMutation({
    mutationFn: ({ rotate, flip, sense }: NonNullable<SessionGainCheck['best']>) =>
      queryClient.api.post<SessionSummary>(`${sessionPath(key)}/resume`, {
        rotgain: rotate,
        flipgain: flip,
        ...(sense === undefined ? {} : { gain_sense: sense }),
      }),
    onSuccess: (summary) => {
      summaries.patch([summary]);
      for (const { queryKey } of [sessionQuery(key), gainQuery(key)])
        void queryClient.invalidateQueries({ queryKey });
      notifications.show({ message: uiWords.resumed });
    },
    onError: notifyError,
    onSettled: () => setAsking(false),
  });
  if (verdict !== 'contradicts' || best === null) return null;
  const setting = gainWords.setting(best);
  return (
    <>
      <Button
        className="no-print"
        mt="sm"
        size="xs"
        leftSection={<IconRotate size={16} />}
        onClick={() => setAsking(true)}
      >
        {gainWords.use(setting)}
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={gainWords.askTitle} centered>
        <Text size="sm">{gainWords.askBody(setting)}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {uiWords.cancel}
          </Button>
          <Button loading={resume.isPending} onClick={() => resume.mutate(best)}>
            {gainWords.askConfirm}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
