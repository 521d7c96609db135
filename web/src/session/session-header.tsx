import { Button, Group, Modal, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAdjustments, IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { SessionDetail, SessionSummary } from '../../../src/contract/api.ts';
import type { StopRequest } from '../../../src/contract/preview.ts';
import type { SessionState } from '../../../src/contract/states.ts';
import { sessionPath } from '../api/paths.ts';
import { gainQuery, sessionQuery } from '../api/queries.ts';
import { stateWords } from '../data/state-words.ts';
import type { Dialog } from '../routes.ts';
import { useServices } from '../state/services.ts';
import { tellFault } from '../ui/fault.tsx';
import { StateBadge } from '../ui/state-badge.tsx';
import { uiWords } from '../ui/words.ts';
import classes from './session.module.css';
import { sessionWords } from './words.ts';

/** Which states offer what. A session that was never started has no parameters to resume with. */
const CAN_STOP: readonly SessionState[] = ['processing_start', 'processing', 'processing_complete'];
const CAN_RESUME: readonly SessionState[] = [
  'needs_processing',
  'processing_failure',
  'incomplete_or_empty',
  'unknown',
];

/** Name, state with its reason, and what can be done now. */
export function SessionHeader({
  session,
  dialog,
  onDialog,
}: {
  session: SessionDetail;
  dialog: Dialog | null;
  onDialog: (dialog: Dialog | null) => void;
}) {
  const { queryClient, summaries } = useServices();
  const settled = (said: string) => (summary: SessionSummary) => {
    summaries.patch([summary]);
    for (const { queryKey } of [sessionQuery(session), gainQuery(session)])
      void queryClient.invalidateQueries({ queryKey });
    notifications.show({ message: said });
  };
  const failed = (error: unknown) => {
    tellFault(error);
    void queryClient.invalidateQueries({ queryKey: sessionQuery(session).queryKey });
  };
  const stop = useMutation({
    mutationFn: (running: StopRequest['running']) =>
      queryClient.api.post<SessionSummary>(`${sessionPath(session)}/stop`, { running }),
    onSuccess: (summary, running) =>
      settled(running === 'finish' ? sessionWords.stopFinishing : sessionWords.stopped)(summary),
    onError: failed,
    onSettled: () => onDialog(null),
  });
  const resume = useMutation({
    mutationFn: () => queryClient.api.post<SessionSummary>(`${sessionPath(session)}/resume`, {}),
    onSuccess: settled(uiWords.resumed),
    onError: failed,
  });
  const inWork = session.counts.queued;
  const started = session.parameters !== null;
  const running = CAN_STOP.includes(session.state);
  const resumable = started && CAN_RESUME.includes(session.state);
  return (
    <div className={classes.head}>
      <div className={classes.title}>
        <Title order={1} className={classes.name}>
          {session.session}
        </Title>
        <StateBadge state={session.state} />
        <Text className={classes.reason} c="var(--muted)" data-bad={session.state === 'processing_failure'}>
          {session.reason ?? stateWords[session.state].meaning}
        </Text>
      </div>
      <div className={`${classes.buttons} no-print`}>
        {/* A button that takes the place of another is the same element, so that the focus stays on it. */}
        <Button
          variant={started ? 'default' : 'filled'}
          leftSection={started ? <IconAdjustments size={17} /> : <IconPlayerPlayFilled size={16} />}
          onClick={() => onDialog(started ? 'resume' : 'start')}
          data-opens-form
        >
          {started ? sessionWords.change : sessionWords.start}
        </Button>
        {(resumable || running) && (
          <Button
            variant={running ? 'default' : 'filled'}
            leftSection={
              running ? (
                <IconPlayerStopFilled size={16} className={classes.stopIcon} />
              ) : (
                <IconPlayerPlayFilled size={16} />
              )
            }
            loading={resume.isPending}
            onClick={() => (running ? onDialog('stop') : resume.mutate())}
          >
            {running ? sessionWords.stop : sessionWords.resume}
          </Button>
        )}
      </div>
      <Modal
        opened={running && dialog === 'stop'}
        onClose={() => onDialog(null)}
        title={sessionWords.stopTitle}
        centered
      >
        <Text size="sm">{sessionWords.stopBody}</Text>
        {inWork > 0 && (
          <Text size="sm" mt="xs">
            {sessionWords.stopInWork(inWork)}
          </Text>
        )}
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={() => onDialog(null)} data-autofocus>
            {sessionWords.stopCancel}
          </Button>
          {inWork > 0 && (
            <Button
              variant="default"
              loading={stop.isPending && stop.variables === 'finish'}
              onClick={() => stop.mutate('finish')}
            >
              {sessionWords.stopFinish(inWork)}
            </Button>
          )}
          <Button
            color="red.9"
            loading={stop.isPending && stop.variables === 'cancel'}
            onClick={() => stop.mutate('cancel')}
          >
            {sessionWords.stopConfirm}
          </Button>
        </Group>
      </Modal>
    </div>
  );
}
