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
import { FailureCause, type ListedFailures, type Retry } from './failure-cause.tsx';
import classes from './failures.module.css';
import { failureWords } from './words.ts';

type Cause = FailureCauses[number];
/** Value in the URL after the list that opens automatically was closed. */
const NOTHING = 'none';
/** Value in the URL for the movies that are listed: their cause, and whether they were set aside. */
const urlValueOf = (code: Cause['code'], which: ListedFailures) =>
  `${code ?? 'FAILED'}${which === 'aside' ? '-aside' : ''}`;

/**
 * Which movies with a cause are listed, according to the URL; by default the open ones of the only cause.
 */
function listedOf(
  { code, count }: Cause,
  isOnlyCause: boolean,
  listed: string | undefined,
): ListedFailures | null {
  if (listed === undefined) return isOnlyCause && count > 0 ? 'open' : null;
  return (['open', 'aside'] as const).find((which) => urlValueOf(code, which) === listed) ?? null;
}

/** Failed movies by cause: reason, remedy, log, retry, set aside. @param failed - their live count */
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
  const list = ({ code }: Cause, which: ListedFailures | null) =>
    change({ cause: which === null ? NOTHING : urlValueOf(code, which) });
  const retry = useMutation({
    mutationFn: (which: Retry) =>
      queryClient.api.post<{ retried: number }>(`${sessionPath(key)}/retry`, which),
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
  const open = causes.data.reduce((sum, { count }) => sum + count, 0);
  const aside = causes.data.reduce((sum, cause) => sum + cause.aside, 0);
  return (
    <>
      <div className={classes.tools}>
        <span>
          <b>{failureWords.open(open)}</b>{' '}
          {aside > 0 && (
            <Badge variant="light" color="gray" tt="none">
              {failureWords.asideCount(aside)}
            </Badge>
          )}
        </span>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={15} />}
          disabled={open === 0}
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
          onShown={(which) => list(cause, which)}
          retrying={retry.isPending ? retry.variables : null}
          onRetry={(which) => retry.mutate(which)}
        />
      ))}
    </>
  );
}
