import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { ApiError } from '../api/client.ts';
import { movieLogQuery } from '../api/queries.ts';
import { useSessionKey } from '../session/session-layout.tsx';
import classes from './movie-log.module.css';
import { text } from './text.ts';
import { useSearchChange } from './use-search-change.ts';

/** The worker's log, asked for when somebody wants to see it; then it stands in the address. */
export function MovieLog({ base }: { base: string }) {
  const { log: wanted } = useSearch({ strict: false });
  const change = useSearchChange();
  return (
    <section className={`card ${classes.block}`}>
      <h2>{text.movie.log}</h2>
      {wanted ? (
        <LogText base={base} />
      ) : (
        <Button size="xs" variant="default" onClick={() => change({ log: true })}>
          {text.movie.logShow}
        </Button>
      )}
    </section>
  );
}

/** Lines that name the movie are marked: its worker wrote of others too. */
export function LogText({ base }: { base: string }) {
  const key = useSessionKey();
  const log = useQuery(movieLogQuery(key, base));
  if (log.isPending) return <Loader size="sm" />;
  if (log.isError) {
    const isNone = log.error instanceof ApiError && log.error.status === 404;
    return <p className="muted">{isNone ? text.movie.logNone : log.error.message}</p>;
  }
  return (
    <>
      <p className="muted">
        {text.movie.logOf(log.data.file)} {log.data.isCut && text.movie.logCut}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre role="log" className={classes.log} tabIndex={0} aria-label={text.movie.log}>
        {log.data.text.split('\n').map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <span key={i} data-own={line.includes(`"${base}"`)}>{`${line}\n`}</span>
        ))}
      </pre>
    </>
  );
}
