import { Button, Text, Title } from '@mantine/core';
import { IconAdjustments, IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import type { SessionDetail } from '../../../src/contract/api.ts';
import { stateWords } from '../data/state-words.ts';
import type { Dialog } from '../routes.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import { possibleCommands } from './possible-commands.ts';
import classes from './session-header.module.css';
import { StopDialog } from './stop-dialog.tsx';
import { useSessionCommands } from './use-session-commands.ts';
import { sessionWords } from './words.ts';

/** Name, state with its reason, and the commands that are possible in this state. */
export function SessionHeader(props: {
  session: SessionDetail;
  dialog: Dialog | null;
  onDialog: (dialog: Dialog | null) => void;
}) {
  const { session, dialog, onDialog } = props;
  const { stop, resume } = useSessionCommands(session);
  const wasStarted = session.parameters !== null;
  const { canStop, canResume } = possibleCommands(session.state, wasStarted);
  const StartIcon = wasStarted ? IconAdjustments : IconPlayerPlayFilled;
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
        {/* Start and Change are one element, and so are Stop and Resume: the focus stays on it. */}
        <Button
          variant={wasStarted ? 'default' : 'filled'}
          leftSection={<StartIcon size={wasStarted ? 17 : 16} />}
          onClick={() => onDialog(wasStarted ? 'resume' : 'start')}
          data-opens-form
        >
          {wasStarted ? sessionWords.change : sessionWords.start}
        </Button>
        {(canResume || canStop) && (
          <Button
            variant={canStop ? 'default' : 'filled'}
            leftSection={
              canStop ? (
                <IconPlayerStopFilled size={16} className={classes.stopIcon} />
              ) : (
                <IconPlayerPlayFilled size={16} />
              )
            }
            loading={resume.isPending}
            onClick={() => (canStop ? onDialog('stop') : resume.mutate())}
          >
            {canStop ? sessionWords.stop : sessionWords.resume}
          </Button>
        )}
      </div>
      <StopDialog
        isOpen={canStop && dialog === 'stop'}
        inProgress={session.counts.queued}
        stopping={stop.isPending ? stop.variables : null}
        onStop={(running) => stop.mutate(running, { onSettled: () => onDialog(null) })}
        onClose={() => onDialog(null)}
      />
    </div>
  );
}
