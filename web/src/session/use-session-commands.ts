import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import type { SessionKey, SessionSummary } from '../../../src/contract/api.ts';
import type { StopRequest } from '../../../src/contract/preview.ts';
import { sessionPath } from '../api/paths.ts';
import { gainQuery, sessionQuery } from '../api/queries.ts';
import { useServices } from '../state/services.ts';
import { notifyError } from '../ui/error-message.tsx';
import { uiWords } from '../ui/words.ts';
import { sessionWords } from './words.ts';

/** Commands: stop (movies in progress are cancelled or finished), and resume with the last parameters. */
export function useSessionCommands(session: SessionKey) {
  const { queryClient, summaries } = useServices();
  const path = sessionPath(session);
  const onAccepted = (summary: SessionSummary, message: string) => {
    summaries.patch([summary]);
    for (const { queryKey } of [sessionQuery(session), gainQuery(session)])
      void queryClient.invalidateQueries({ queryKey });
    notifications.show({ message });
  };
  const onError = (error: unknown) => {
    notifyError(error);
    void queryClient.invalidateQueries({ queryKey: sessionQuery(session).queryKey });
  };
  const stop = useMutation({
    mutationFn: (running: StopRequest['running']) =>
      queryClient.api.post<SessionSummary>(`${path}/stop`, { running }),
    onSuccess: (summary, running) =>
      onAccepted(summary, running === 'finish' ? sessionWords.stopFinishing : sessionWords.stopped),
    onError,
  });
  const resume = useMutation({
    mutationFn: () => queryClient.api.post<SessionSummary>(`${path}/resume`, {}),
    onSuccess: (summary) => onAccepted(summary, uiWords.resumed),
    onError,
  });
  return { stop, resume };
}
