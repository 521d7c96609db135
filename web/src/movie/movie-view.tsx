import { ActionIcon, Alert, Skeleton, Title, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import {
  IconAlertTriangle,
  IconArrowLeft,
  IconArrowRight,
  IconHourglass,
  IconPhotoOff,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { MovieDetail } from '../../../src/contract/api.ts';
import { ERRORS } from '../../../src/contract/errors.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { ApiError } from '../api/error.ts';
import { movieQuery } from '../api/queries.ts';
import { metricValue } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { isDoubtful, type MetricKey, metricOfRow } from '../data/metrics.ts';
import type { Selection } from '../data/selection.ts';
import { DriftPlot } from '../plots/drift-plot.tsx';
import { ProfilePlot } from '../plots/profile-plot.tsx';
import { Observable, useObservable } from '../state/observable.ts';
import { useDesk, useFeed, useSeries, useSessionKey } from '../state/session-context.ts';
import { Crumbs } from '../ui/crumbs.tsx';
import { Empty, Fault } from '../ui/fault.tsx';
import { KeysHelp } from '../ui/keys-help.tsx';
import { MovieLog } from '../ui/movie-log.tsx';
import { TrustNote } from '../ui/trust-note.tsx';
import { useKeys } from '../ui/use-keys.ts';
import { Warnings } from '../ui/warnings.tsx';
import { errorWords, keyWords, reviewWords, uiWords } from '../ui/words.ts';
import classes from './movie.module.css';
import { MovieFacts } from './movie-facts.tsx';
import { MoviePictures } from './movie-pictures.tsx';
import { ReviewBar } from './review-bar.tsx';
import { movieWords } from './words.ts';

const HEADLINES: readonly MetricKey[] = [
  'defocusU',
  'defocusV',
  'astigmatism',
  'fitResolution',
  'motionTotal',
  'motionEarly',
  'confidence',
];

const nothingSelected = new Observable<Selection | null>(null);

const countUpTo = (mask: Uint8Array, index: number): number =>
  mask.subarray(0, index + 1).reduce((sum, one) => sum + one, 0);

const KEYS = [
  ['A', keyWords.accept],
  ['R', keyWords.reject],
  ['U', keyWords.undo],
  ['C', keyWords.comment],
  ['← →', keyWords.neighbours],
  ['+ - 0', keyWords.zoom],
  ['I', keyWords.invert],
  ['M', keyWords.motion],
] as const;

/** One movie: pictures, curve, drift, figures and how they came about. Arrow keys go through the session. */
export function MovieView() {
  const key = useSessionKey();
  const { base } = useParams({ strict: false }) as { base: string };
  const { picture } = useSearch({ strict: false });
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const store = useSeries()?.store;
  const index = store?.indexOf(base);
  const selection = useObservable(useFeed()?.selection.current ?? nothingSelected);
  // Where movies are selected, one goes from one of them to the next.
  const mask = selection !== null && selection.mask[index ?? -1] === 1 ? selection.mask : null;
  const neighbour = (by: 1 | -1) => {
    if (index === undefined || store === undefined) return undefined;
    let i = index + by;
    while (mask !== null && i >= 0 && i < store.size && mask[i] !== 1) i += by;
    return store.bases[i];
  };
  const previous = neighbour(-1);
  const next = neighbour(1);
  const movie = useQuery(movieQuery(key, base));
  const go = (to: string | undefined) => {
    if (to !== undefined)
      void navigate({
        to: '/s/$project/$user/$session/movie/$base',
        params: { ...key, base: to },
        search: { picture },
        replace: true,
        resetScroll: false,
      });
  };
  const desk = useDesk();
  const [advances, setAdvances] = useLocalStorage({ key: 'cryoem-advance', defaultValue: true });
  const commentField = useRef<HTMLTextAreaElement>(null);
  const row = movie.data?.row;
  const verdict = (index === undefined ? row?.verdict : store?.verdict(index)) ?? null;
  const decide = (wanted: Verdict) => {
    // The same verdict again takes it back.
    desk?.decide([base], verdict === wanted ? null : wanted);
    if (advances && verdict !== wanted) go(next);
  };
  const undo = () => {
    const bases = desk?.undo() ?? [];
    if (bases.length > 0) notifications.show({ message: reviewWords.undone(bases.length) });
    if (bases.length === 1 && bases[0] !== base) go(bases[0]);
  };
  useKeys({
    ArrowLeft: () => go(previous),
    ArrowRight: () => go(next),
    k: () => go(previous),
    j: () => go(next),
    a: () => decide('accepted'),
    r: () => decide('rejected'),
    u: undo,
    c: () => commentField.current?.focus(),
  });
  useEffect(() => {
    document.title = `${base} · ${uiWords.product}`;
  }, [base]);
  useEffect(() => {
    for (const near of [next, previous])
      if (near !== undefined) void queryClient.prefetchQuery(movieQuery(key, near));
  }, [queryClient, next, previous, key]);
  // While the next one is awaited the page stays as high, so that nobody is scrolled elsewhere.
  const body = useRef<HTMLDivElement>(null);
  const height = useRef<number>(undefined);
  useEffect(() => {
    if (!movie.isPending) height.current = body.current?.offsetHeight;
  });
  const step = (label: string, to: string | undefined, icon: React.ReactNode) => (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={label}
        disabled={to === undefined}
        onClick={() => go(to)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  return (
    <>
      <Crumbs withSession />
      <div className={classes.head}>
        <Title order={1} className={classes.name}>
          {base}
        </Title>
        <div className={`${classes.steps} no-print`}>
          {index !== undefined && store && (
            <span className="muted">
              {mask === null || selection === null
                ? movieWords.position(index + 1, store.size)
                : movieWords.ofSelected(countUpTo(mask, index), selection.count)}
            </span>
          )}
          {step(movieWords.previous, previous, <IconArrowLeft size={18} />)}
          {step(movieWords.next, next, <IconArrowRight size={18} />)}
          <KeysHelp keys={KEYS} />
        </div>
      </div>
      {!movie.isError && (
        <ReviewBar
          desk={row ? desk : null}
          base={base}
          verdict={verdict}
          comment={row?.comment ?? null}
          advances={advances}
          onAdvances={setAdvances}
          onDecide={decide}
          onUndo={undo}
          commentField={commentField}
        />
      )}
      <div ref={body} style={{ minHeight: movie.isPending ? height.current : undefined }}>
        {movie.isPending && <Waiting />}
        {movie.isError && !movie.data && (
          <MovieFault error={movie.error} again={() => void movie.refetch()} />
        )}
        {movie.data && <Movie detail={movie.data} verdict={verdict} />}
      </div>
    </>
  );
}

function Waiting() {
  return (
    <div aria-busy="true">
      <Skeleton height={69} radius={10} mb={14} />
      <div className={classes.grid}>
        <Skeleton className={classes.waiting} radius={10} />
        <Skeleton height={326} radius={10} />
        <Skeleton height={326} radius={10} />
      </div>
    </div>
  );
}

function MovieFault({ error, again }: { error: unknown; again: () => void }) {
  const key = useSessionKey();
  if (error instanceof ApiError && error.status === 404)
    return (
      <Empty
        icon={<IconPhotoOff size={28} stroke={1.5} />}
        title={movieWords.notFoundTitle}
        hint={movieWords.notFound}
      >
        <Link to="/s/$project/$user/$session" params={{ ...key }}>
          {movieWords.toSession}
        </Link>
      </Empty>
    );
  return <Fault title={errorWords.title} error={error} again={again} />;
}

function Movie({ detail, verdict }: { detail: MovieDetail; verdict: Verdict | null }) {
  const { row, record } = detail;
  const failure = record?.outcome.status === 'failed' ? record.outcome : null;
  const code = failure?.code ?? row.errorCode;
  return (
    <>
      {(failure !== null || row.state === 'failed') && (
        <Alert
          color="orange"
          icon={<IconAlertTriangle />}
          title={`${movieWords.failedTitle}${code === null ? '' : ` (${code})`}`}
          my="sm"
        >
          <div>{failure?.message ?? row.errorMessage ?? (code === null ? '' : ERRORS[code].text)}</div>
          {code !== null && (
            <div>
              {uiWords.remedy}: {ERRORS[code].remedy}
            </div>
          )}
        </Alert>
      )}
      {record === null && row.state !== 'failed' && (
        <Alert color="gray" icon={<IconHourglass />} title={movieWords.waitingTitle} my="sm">
          {movieWords.waiting(movieWords.states[row.state])}
        </Alert>
      )}
      {HEADLINES.some((metric) => metricOfRow(metric, row) !== null) && (
        <dl className={`card ${classes.headlines}`}>
          {HEADLINES.map((metric) => (
            <div key={metric}>
              <dt title={metricWords[metric].help}>{metricWords[metric].label}</dt>
              <dd className={isDoubtful(metric, row.confidence) ? classes.doubtful : undefined}>
                {metricValue(metric, metricOfRow(metric, row))}
              </dd>
              {isDoubtful(metric, row.confidence) && (
                <dd className={classes.note}>
                  <TrustNote confidence={row.confidence} />
                </dd>
              )}
            </div>
          ))}
        </dl>
      )}
      {record && record.warnings.length > 0 && (
        <div className={classes.warnings}>
          <Warnings warnings={record.warnings} />
        </div>
      )}
      <div className={classes.grid}>
        {(row.hasPictures || Object.keys(detail.pictures).length > 0) && (
          <MoviePictures detail={detail} verdict={verdict} />
        )}
        {record?.ctf && <ProfilePlot ctf={record.ctf} />}
        {record?.motion && <DriftPlot motion={record.motion} />}
      </div>
      {record && <MovieFacts record={record} />}
      {row.state !== 'arriving' && <MovieLog key={row.base} base={row.base} />}
    </>
  );
}
