import { Badge, Button, Skeleton, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconMoodSmile, IconRefresh } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ERRORS } from '../../../src/contract/errors.ts';
import { call } from '../api/client.ts';
import { keyText, sessionPath } from '../api/paths.ts';
import { failuresQuery, noticeRefusal, queryClient, sessionQuery } from '../api/queries.ts';
import { when } from '../data/format.ts';
import { Empty, Fault, tellFault } from '../parts/fault.tsx';
import { text } from '../text.ts';
import classes from './failures.module.css';
import { useSessionKey } from './session-layout.tsx';

/** Movies that failed for good: reason, remedy, and another try for one or all. `failed` is the live count. */
export function FailuresTab({ failed }: { failed: number }) {
  const key = useSessionKey();
  const failures = useInfiniteQuery(failuresQuery(key));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new count means that the list is another
  useEffect(
    () => void queryClient.invalidateQueries({ queryKey: ['failures', keyText(key)] }),
    [failed, key],
  );
  const retry = useMutation({
    mutationFn: (base: string | null) =>
      call<unknown>(`${sessionPath(key)}/retry`, { method: 'POST', body: base === null ? {} : { base } }),
    onSuccess: (answer, base) => {
      const told =
        typeof answer === 'object' && answer !== null && 'retried' in answer ? answer.retried : answer;
      notifications.show({
        message: text.failures.retried(typeof told === 'number' ? told : base === null ? failed : 1),
      });
      void queryClient.invalidateQueries({ queryKey: ['failures', keyText(key)] });
      void queryClient.invalidateQueries({ queryKey: sessionQuery(key).queryKey });
    },
    onError: (error) => {
      noticeRefusal(error);
      tellFault(error);
    },
  });
  if (failures.isPending) return <Skeleton height={200} radius={10} />;
  if (failures.isError && !failures.data)
    return (
      <Fault title={text.failures.loadFailed} error={failures.error} again={() => void failures.refetch()} />
    );
  const rows = failures.data.pages.flatMap((page) => page.movies);
  if (rows.length === 0)
    return (
      <div className="card">
        <Empty
          icon={<IconMoodSmile size={28} stroke={1.5} />}
          title={text.failures.empty}
          hint={text.failures.emptyHint}
        />
      </div>
    );
  return (
    <>
      <div className={classes.tools}>
        <b>{text.plural(Math.max(failed, rows.length), 'movie')}</b>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={15} />}
          loading={retry.isPending && retry.variables === null}
          onClick={() => retry.mutate(null)}
        >
          {text.failures.retryAll}
        </Button>
      </div>
      <ul className={`card ${classes.list}`}>
        {rows.map((row) => {
          const known = row.errorCode === null ? null : ERRORS[row.errorCode];
          return (
            <li key={row.base} className={classes.item}>
              <div className={classes.what}>
                <Link
                  className={classes.name}
                  to="/s/$project/$user/$session/movie/$base"
                  params={{ ...key, base: row.base }}
                >
                  {row.base}
                </Link>
                <Badge size="sm" variant="light" color="orange" tt="none">
                  {row.errorCode ?? text.failures.unknownCode}
                </Badge>
                <span className="muted">
                  {text.failures.attempt(row.attempt)} · {when(row.finishedAt)}
                </span>
                <Text size="sm" className={classes.line}>
                  {row.errorMessage ?? known?.text ?? text.none}
                </Text>
                {known && (
                  <Text size="sm" className={classes.line}>
                    <span className="muted">{text.failures.remedy}: </span>
                    {known.remedy}
                  </Text>
                )}
              </div>
              <Button
                size="xs"
                variant="light"
                aria-label={text.failures.retryOne(row.base)}
                loading={retry.isPending && retry.variables === row.base}
                onClick={() => retry.mutate(row.base)}
              >
                {text.failures.retry}
              </Button>
            </li>
          );
        })}
      </ul>
      {failures.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          loading={failures.isFetchingNextPage}
          onClick={() => void failures.fetchNextPage()}
        >
          {text.failures.more}
        </Button>
      )}
    </>
  );
}
