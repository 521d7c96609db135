import { type Clock, systemClock } from '../base/clock.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import type { Executors } from '../executors/registry.ts';
import { Bus } from './bus.ts';
import { Commands } from './commands/commands.ts';
import { Starts } from './commands/starts.ts';
import type { Context, SessionLogger } from './context.ts';
import { Discovery } from './discovery/discovery.ts';
import { LedgerClock, machineClock } from './ledger/clock-jumps.ts';
import { openLedger } from './ledger/ledger.ts';
import { Announcer } from './live/announcer.ts';
import { EventRing } from './live/events.ts';
import { MetricBackfill } from './loading/metric-backfill.ts';
import { Registry } from './loading/registry.ts';
import { StartUp } from './loading/start-up.ts';
import { identityOf } from './ownership/identity.ts';
import { Owners } from './ownership/owners.ts';
import { PositionBackfill } from './queries/position-backfill.ts';
import { Queries } from './queries/session-queries.ts';
import { stuckFolders } from './queries/stuck-folders.ts';
import { ResultIntake } from './results/intake.ts';
import { Review } from './review/session-review.ts';
import { BatchesInFlight } from './scheduler/batches-in-flight.ts';
import { createScheduler } from './scheduler/create-scheduler.ts';
import type { SessionService } from './service.ts';
import { Suggestions } from './start/suggestions.ts';
import { SessionTables } from './tables/tables.ts';
import { PreviewAndTrials } from './trials/session-trials.ts';
import { Trials } from './trials/trials.ts';
import { type Tuning, tuningOf, watchTimesOf } from './tuning.ts';

export interface SessionServiceOptions {
  readonly settings: ServiceSettings;
  readonly executors: Executors;
  readonly logger: SessionLogger;
  readonly clock?: Clock;
  readonly tuning?: Partial<Tuning>;
}

/**
 * Creates and starts the parts of the layer. Each part gets references to parts that were created before it,
 * and receives events of later parts through the bus. The executors belong to the caller: `close` stops
 * scanning and submitting but does not close them, and the next service with the same state directory finds
 * the batches in flight again.
 * @throws CodedError CANNOT_START - the state directory is in use, or its ledger has a newer version
 */
export async function createSessionService(options: SessionServiceOptions): Promise<SessionService> {
  const context = contextOf(options);
  const discovery = createDiscovery(context);
  const inFlight = new BatchesInFlight();
  const trials = new Trials(context, discovery, inFlight);
  const registry = new Registry(context, { discovery, inFlight, trials });

  const intake = new ResultIntake(context, inFlight);
  const tables = new SessionTables(context);
  const { scheduler, completions } = createScheduler(context, { registry, inFlight, intake, trials, tables });
  const starts = new Starts(context, { registry, discovery, completions, trials });

  const ring = createRing(context);
  const announcer = new Announcer(context, registry, ring);
  const positionBackfill = new PositionBackfill(context);
  const suggestions = new Suggestions(context, discovery, registry);
  const metricBackfill = new MetricBackfill(context);
  const owners = new Owners(context, { inFlight, intake, trials, sessions: () => registry.all() });
  const startUp = new StartUp(context, { registry, inFlight, scheduler, owners, metricBackfill });

  return {
    queries: new Queries(context, { registry, suggestions, positionBackfill }),
    commands: new Commands(context, { registry, starts, inFlight, completions, trials }),
    review: new Review(context, registry),
    trials: new PreviewAndTrials(context, { registry, discovery, trials }),
    events: ring,
    ready: () => startUp.isReady,
    stuck: () => stuckFolders(discovery),
    async close() {
      if (startUp.isClosed) return;
      const startUpClosed = startUp.close();
      await discovery.close();
      await startUpClosed;
      await scheduler.close();
      await tables.close();
      await owners.close();
      await positionBackfill.close();
      await metricBackfill.close();
      announcer.close();
      context.ledger.setMeta(LAST_EVENT, String(ring.newestId));
      context.ledger.close();
    },
  };
}

function contextOf(options: SessionServiceOptions): Context {
  const { settings, executors, logger, clock = systemClock } = options;
  const ledger = openLedger(settings.stateDir);
  for (const warning of ledger.warnings) logger.warn(warning);
  const tuning = tuningOf(settings, options.tuning);
  const identity = identityOf(settings.stateDir);
  const ledgerClock = new LedgerClock(clock, machineClock(identity.bootId), ledger, tuning.maxRetryDelayMs);
  return { settings, tuning, executors, logger, clock: ledgerClock, ledger, bus: new Bus(), identity };
}

function createDiscovery({ settings, tuning, logger, bus }: Context): Discovery {
  const times = watchTimesOf(settings, tuning);
  return new Discovery(
    {
      sessionDir: settings.sessionDir,
      sessionsMs: tuning.sessionsMs,
      times,
      hangMs: tuning.scanHangMs,
      referenceRoots: settings.discovery.referenceDirs,
      linkRoots: settings.discovery.linkDirs,
    },
    {
      sessions: (found, unreadable, unusable) => bus.emit('sessionsScanned', { found, unreadable, unusable }),
      scanned: (report) => bus.emit('rawScanned', report),
      restarted(reason) {
        logger.error({ reason }, 'the discovery thread was restarted');
        bus.emit('discoveryRestarted', reason);
      },
      released: (id) => bus.emit('watchReleased', id),
    },
  );
}

/** Key in the ledger, so that the ids of events keep increasing across restarts. */
const LAST_EVENT = 'last event id';

function createRing({ clock, ledger }: Context): EventRing {
  return new EventRing(Math.max(clock.wallMs() * 1000, Number(ledger.getMeta(LAST_EVENT) ?? 0) + 1));
}
