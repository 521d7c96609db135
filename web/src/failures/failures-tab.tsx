import { Badge, Button, Skeleton } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconMoodSmile, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { FailureCauses } from '../../../src/contract/api.ts';
import { keyText, sessionPath } from '../api/paths.ts';
import { failureCausesQuery, sessionQuery } from '../api/queries.ts';
import { useServices } from '../state/services.ts';
import { useSessionKey } from '../state/session-context.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorMessage, notifyError } from '../ui/error-message.tsx';
import { useSearchChange } from '../ui/use-search-change.ts';
import { FailureCause, type ListedFailures, type RetryRequest } from './failure-cause.tsx';
import classes from './failures.module.css';
import { failureWords } from './words.ts';

type Cause = FailureCauses[number];
/** Value in the URL if no list is open, not even the one that opens by default. */
const NO_LIST = 'none';
/** Value in the URL for the movies that are listed: their cause, and whether they were set aside. */
const urlValueOf = (code: Cause['code'], list: ListedFailures) =>
  `${code ?? 'FAILED'}${list === 'aside' ? '-aside' : ''}`;

/**
 * Which of the movies that failed for a cause are listed, according to the URL. By default: those that need
 * action, if this is the only cause.
 */
function listedOf(
  { code, count }: Cause,
  isOnlyCause: boolean,
  listed: string | undefined,
): ListedFailures | null {
  if (listed === undefined) return isOnlyCause && count > 0 ? 'open' : null;
  return (['open', 'aside'] as const).find((list) => urlValueOf(code, list) === listed) ?? null;
}

/**
 * Failed movies by cause, with messages, remedies and logs, and buttons that retry movies or set them aside.
 * @param failed - number of failed movies, updated live
 */
export function FailuresTab({ failed }: { failed: number }) {
  const key = useSessionKey();
  const { queryClient } = useServices();
  const causes = useQuery(failureCausesQuery(key));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new count means that the causes have changed
  useEffect(
    () => void queryClient.invalidateQueries({ queryKey: ['failures', keyText(key)] }),
    [queryClient, failed, key],
  );
  const { cause: listed } = useSearch({ strict: false });
  const change = useSearchChange();
  const showList = ({ code }: Cause, list: ListedFailures | null) =>
    change({ cause: list === null ? NO_LIST : urlValueOf(code, list) });
  const retry = useMutation({
    mutationFn: (request: RetryRequest) =>
      queryClient.api.post<{ retried: number }>(`${sessionPath(key)}/retry`, request),
    onSuccess: ({ retried }) => {
      notifications.show({ message: failureWords.retried(retried) });
      void queryClient.invalidateQueries({ queryKey: ['failures', keyText(key)] });
      void queryClient.invalidateQueries({ queryKey: sessionQuery(key).queryKey });
    },
    onError: notifyError,
  });
  if (causes.isPending) return <Skeleton height={200} radius={10} />;
  if (causes.isError && !causes.data)
    return (
      <ErrorMessage
        title={failureWords.loadFailed}
        error={causes.error}
        onRetry={() => void causes.refetch()}
      />
    );
  if (causes.data.length === 0)
    return (
      <div className="card">
        <EmptyState
          icon={<IconMoodSmile size={28} stroke={1.5} />}
          title={failureWords.empty}
          hint={failureWords.emptyHint}
        />
      </div>
    );
  const openCount = causes.data.reduce((sum, { count }) => sum + count, 0);
  const asideCount = causes.data.reduce((sum, cause) => sum + cause.aside, 0);
  return (
    <>
      <div className={classes.tools}>
        <span>
          <b>{failureWords.open(openCount)}</b>{' '}
          {asideCount > 0 && (
            <Badge variant="light" color="gray" tt="none">
              {failureWords.asideCount(asideCount)}
            </Badge>
          )}
        </span>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={15} />}
          disabled={openCount === 0}
          loading={retry.isPending && Object.keys(retry.variables).length === 0}
          onClick={() => retry.mutate({})}
        >
          {failureWords.retryAll}
        </Button>
      </div>
      {causes.data.map((cause) => (
        <FailureCause
          key={cause.code}
          cause={cause}
          shown={listedOf(cause, causes.data.length === 1, listed)}
          onShown={(list) => showList(cause, list)}
          retrying={retry.isPending ? retry.variables : null}
          onRetry={(request) => retry.mutate(request)}
        />
      ))}
    </>
  );
}
