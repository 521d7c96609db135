import { Button, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { ApiError } from '../api/error.ts';
import { movieLogQuery } from '../api/queries.ts';
import { useSessionKey } from '../state/session-context.ts';
import classes from './movie-log.module.css';
import { useSearchChange } from './use-search-change.ts';
import { logWords } from './words.ts';

/** The log of the movie's processing, loaded on request; whether it is open is in the URL. */
export function MovieLog({ base }: { base: string }) {
  const { log: isOpen } = useSearch({ strict: false });
  const change = useSearchChange();
  return (
    <section className={`card ${classes.block}`}>
      <h2>{logWords.title}</h2>
      {isOpen ? (
        <LogText base={base} />
      ) : (
        <Button size="xs" variant="default" onClick={() => change({ log: true })}>
          {logWords.show}
        </Button>
      )}
    </section>
  );
}

/** Lines that name the movie are highlighted, because the log contains other movies as well. */
export function LogText({ base }: { base: string }) {
  const key = useSessionKey();
  const log = useQuery(movieLogQuery(key, base));
  if (log.isPending) return <Loader size="sm" />;
  if (log.isError) {
    const isNone = log.error instanceof ApiError && log.error.status === 404;
    return <p className="muted">{isNone ? logWords.none : log.error.message}</p>;
  }
  return (
    <>
      <p className="muted">
        {logWords.of(log.data.file)} {log.data.isCut && logWords.cut}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre role="log" className={classes.log} tabIndex={0} aria-label={logWords.title}>
        {log.data.text.split('\n').map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is identified by its number
          <span key={i} data-own={line.includes(`"${base}"`)}>{`${line}\n`}</span>
        ))}
      </pre>
    </>
  );
}
