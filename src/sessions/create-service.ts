import { type Clock, systemClock } from '../base/clock.ts';
import type { SessionSummary } from '../contract/api.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import type { Executors } from '../executors/registry.ts';
import { previewOf } from './beginning/preview.ts';
import { Suggestions } from './beginning/suggestions.ts';
import { Trials } from './beginning/trials.ts';
import { Commands } from './commands.ts';
import type { Context, SessionLogger } from './context.ts';
import { Discovery } from './discovery/discovery.ts';
import { gainJudgementOf } from './gain/judgement.ts';
import { openLedger } from './ledger/ledger.ts';
import { Announcer } from './live/announcer.ts';
import { EventRing } from './live/events.ts';
import { cycleOf, missionStatusOf } from './live/progress.ts';
import { MetricBackfill } from './metric-backfill.ts';
import { assertFolderName } from './names.ts';
import { Placing } from './placing.ts';
import { Queries } from './queries.ts';
import { inheritedFlights } from './rebuild.ts';
import { Registry } from './registry.ts';
import { review } from './reviews.ts';
import { cleanSession } from './scheduler/finalize.ts';
import { Scheduler } from './scheduler/scheduler.ts';
import type { SessionService } from './service.ts';
import type { Session } from './session.ts';
import { summaryOf } from './summary.ts';
import { timelineOf } from './timeline.ts';
import { type Tuning, tuningOf, watchTimesOf } from './tuning.ts';

export interface SessionServiceOptions {
  readonly settings: ServiceSettings;
  readonly executors: Executors;
  readonly logger: SessionLogger;
  readonly clock?: Clock;
  readonly tuning?: Partial<Tuning>;
}

const LAST_EVENT = 'last event id';

/**
 * Puts the layer together and lets it run. The executors stay their maker's: `close` does not close them, but ends the
 * looking and submitting; batches in flight are taken up again by the next service on the same state directory.
 * @throws CodedError CANNOT_START - the state directory is in use, or its ledger is of a newer version
 */
export async function createSessionService(options: SessionServiceOptions): Promise<SessionService> {
  const { settings, executors, logger, clock = systemClock } = options;
  const tuning = tuningOf(settings, options.tuning);
  const ledger = openLedger(settings.stateDir);
  for (const warning of ledger.warnings) logger.warn(warning);

  const cycleSize = settings.batches.cycleSize;
  const summarize = (session: Session) => summaryOf(ledger, clock, cycleSize, session);
  const firstId = Math.max(clock.wallMs() * 1000, Number(ledger.getMeta(LAST_EVENT) ?? 0) + 1);
  const ring = new EventRing(firstId);
  const announcer = new Announcer(ring, ledger, tuning.summaryMs, summarize);
  const context: Context = { settings, tuning, executors, logger, clock, ledger, announcer };

  let isReady = false;
  let isClosed = false;
  let taking: Promise<void> = Promise.resolve();
  const scheduler = new Scheduler(context, () => registry.byId.values());
  const discovery = new Discovery(
    {
      sessionDir: settings.sessionDir,
      sessionsMs: tuning.sessionsMs,
      times: watchTimesOf(settings, tuning),
    },
    {
      sessions: (found, unreadable) => {
        taking = taking.then(async () => {
          if (isClosed) return;
          try {
            await registry.takeSessions(found, unreadable);
            if (!isReady) await begin();
          } catch (error) {
            logger.error({ error }, 'sessions cannot be taken up');
          }
        });
      },
      looked: (report) => registry.takeLook(report),
      restarted: (reason) => {
        logger.error({ reason }, 'the thread that looks at files was started anew');
        registry.watchAll();
      },
    },
  );
  const registry = new Registry(
    context,
    discovery,
    scheduler.flights,
    () => scheduler.kick(),
    (session, path) =>
      void commands
        .takeGain(session, path)
        .catch((error) =>
          logger.error({ session: session.key, error }, 'a gain reference cannot be taken up'),
        ),
  );
  const trials = new Trials(context, discovery);
  const commands = new Commands(context, registry, scheduler, discovery, trials);
  const placing = new Placing(context);
  const metricBackfill = new MetricBackfill(context);
  const queries = new Queries(context, new Suggestions(context, discovery, () => registry.present()));

  /** Once the sessions are known: what was in flight when the last service ended, then the loop. */
  async function begin(): Promise<void> {
    for (const flight of inheritedFlights(context, registry.byId))
      scheduler.flights.set(flight.token, flight);
    const flights = [...scheduler.flights.values()];
    const statuses = await executors.poll(flights.map((flight) => flight.handle));
    const alive = new Map(
      flights.filter((f) => statuses.get(f.token)?.state !== 'ended').map((f) => [f.token, f]),
    );
    for (const session of registry.present()) await cleanSession(context, alive, session);
    scheduler.run();
    metricBackfill.begin([...registry.present()].reverse());
    isReady = true;
  }

  const service: SessionService = {
    queries: {
      async list(project, user) {
        assertFolderName('project', project);
        assertFolderName('user', user);
        return registry
          .present()
          .filter(({ key }) => key.project === project && key.user === user)
          .map(summarize)
          .sort(byKey);
      },
      all: async () => registry.present().map(summarize).sort(byKey),
      async find(key) {
        const session = await registry.find(key);
        return session && summarize(session);
      },
      async detail(key) {
        const session = await registry.find(key);
        return session && queries.detail(session);
      },
      async gain(key) {
        const session = await registry.find(key);
        return session && gainJudgementOf(session);
      },
      async missionStatus(key) {
        const session = await registry.find(key);
        if (session === null)
          return { ...missionStatusOf('unknown', NO_MOVIES, null), state: 'no_such_session' };
        const counts = ledger.sessions.counts(session.id);
        return missionStatusOf(
          session.state,
          counts,
          cycleOf(ledger.sessions.get(session.id), counts, cycleSize),
        );
      },
      movies: async (key, query) => queries.movies(await commands.known(key), query),
      series: async (key, afterSeq, limit) => queries.series(await commands.known(key), afterSeq, limit),
      columns: async (key, afterSeq, limit) => queries.columns(await commands.known(key), afterSeq, limit),
      grid: async (key) => placing.gridOf(await commands.known(key)),
      gridHoles: async (key, square) => ledger.grid.holes((await commands.known(key)).id, square),
      movieLog: async (key, base) => queries.movieLog(await commands.known(key), base),
      timeline: async (key, limit) => timelineOf(await commands.known(key), limit),
      movie: async (key, base) => queries.movie(await commands.known(key), base),
      outputPath: async (key, base, role) => queries.outputPath(await commands.known(key), base, role),
      executors: async () => executors.reports(),
    },
    commands: {
      start: async (key, values, by) => summarize(await commands.start(key, values, by)),
      stop: async (key, by, running) => summarize(await commands.stop(key, by, running)),
      resume: async (key, changes, by) => summarize(await commands.resume(key, changes, by)),
      retry: (key, which, by) => commands.retry(key, which, by),
    },
    review: {
      decide: async (key, bases, change, by) => review(context, await commands.known(key), bases, change, by),
      failureCauses: async (key) => queries.failureCauses(await commands.known(key)),
      failures: async (key, query) => queries.failures(await commands.known(key), query),
    },
    trials: {
      preview: async (key, values, isWhole) =>
        previewOf(context, discovery, await commands.known(key), values, isWhole),
      begin: async (key, values, base) => commands.tryOut(key, values, base),
      last: async (key) => trials.find(await commands.known(key)),
      cancel: async (key) => trials.cancel(await commands.known(key)),
      picturePath: async (key, id, role) => trials.picturePath(await commands.known(key), id, role),
    },
    events: ring,
    ready: () => isReady && !isClosed,
    async close() {
      if (isClosed) return;
      isClosed = true;
      await discovery.close();
      await taking;
      await scheduler.close();
      await placing.close();
      await metricBackfill.close();
      announcer.close();
      ledger.setMeta(LAST_EVENT, String(ring.newestId));
      ledger.close();
    },
  };
  return service;
}

const NO_MOVIES = { arriving: 0, waiting: 0, queued: 0, done: 0, failed: 0, total: 0 };

const byKey = (a: SessionSummary, b: SessionSummary): number =>
  `${a.project}/${a.user}/${a.session}` < `${b.project}/${b.user}/${b.session}` ? -1 : 1;
