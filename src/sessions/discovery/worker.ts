import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../base/errors.ts';
import { IDLE, LISTING } from './activity.ts';
import { findSessions } from './find-sessions.ts';
import { inspectFile } from './inspect.ts';
import { realFoldersOf } from './link-rules.ts';
import type {
  DiscoveryRequest,
  DiscoveryResponse,
  FromWorker,
  Requests,
  ScanReport,
  ToWorker,
  WorkerSetup,
} from './messages.ts';
import { ownActivity } from './own-activity.ts';
import { resolveReferences } from './references.ts';
import { suggestFrom } from './suggest.ts';
import { surveyOf } from './survey.ts';
import { SessionWatch } from './watch.ts';

/**
 * The discovery thread. Every call here may hang on a file server, or take a second for 100,000 files, while
 * the service must stay responsive. All state of the thread can be read from the disk again, so it can be
 * terminated and restarted at any time.
 */
const setup: WorkerSetup = workerData;
if (parentPort === null) throw new Error('discovery/worker.ts runs in a worker thread only');
const port = parentPort;
const watches = new Map<number, SessionWatch>();
let listsSessions = setup.listsSessions ?? true;
/** Called for every file: each call also shows that the scan advances. */
const monotonicMs = () => {
  ownActivity.advance();
  return performance.now();
};
const send = (message: FromWorker) => port.postMessage(message);

const { referenceRoots: roots = [], linkRoots = [] } = setup;
const searchOptions = (signal: AbortSignal) => ({ roots, linkRoots, signal });
/** A file that has become a link out of the session is not opened. */
const inspect = (path: string, root: string) => inspectFile(path, realFoldersOf({ root, linkRoots }));
const HANDLERS: {
  [K in keyof Requests]: (
    input: Requests[K]['input'],
    signal: AbortSignal,
  ) => Promise<Requests[K]['response']>;
} = {
  references: async (input, signal) =>
    resolveReferences(input.raw, input.gain, input.defects, searchOptions(signal)),
  suggest: async (input) => suggestFrom(input.raw, input.movie, linkRoots),
  survey: async (input, signal) => surveyOf(input, searchOptions(signal)),
};
/** Requests without a response yet. */
const running = new Map<number, AbortController>();

async function respond<K extends keyof Requests>({
  number,
  kind,
  input,
}: DiscoveryRequest<K>): Promise<void> {
  const controller = new AbortController();
  running.set(number, controller);
  try {
    const response = await HANDLERS[kind](input, controller.signal);
    const message: DiscoveryResponse<K> = { type: 'response', number, kind, response };
    port.postMessage(message);
  } catch (error) {
    send({ type: 'error', number, kind, message: messageOf(error) });
  } finally {
    running.delete(number);
  }
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'watch': {
      const request = { ...message.request, linkRoots };
      watches.set(request.id, new SessionWatch(request, setup.times, inspect, monotonicMs));
      break;
    }
    case 'list':
      listsSessions = true;
      break;
    case 'unwatch':
      watches.delete(message.id);
      break;
    case 'cancel':
      running.get(message.number)?.abort();
      break;
    case 'request':
      void respond(message);
  }
});

const reported = new Map<number, string>();

/** An unexpected error must only affect one session: the thread has to scan the other sessions. */
async function scanOf(watch: SessionWatch): Promise<ScanReport> {
  ownActivity.begin(watch.request.id);
  try {
    return await watch.scan();
  } catch (error) {
    const problem = `raw cannot be read: ${messageOf(error)}`;
    return { id: watch.request.id, problem, warnings: [], changes: [], gains: [], skipped: [] };
  }
}

/** Sends the report of a scan if it has changes, or if its problem, warnings or skipped files changed. */
async function reportScan(watch: SessionWatch): Promise<void> {
  const report = await scanOf(watch);
  if (watches.get(watch.request.id) !== watch) return;
  const remarks = JSON.stringify([report.problem, report.warnings, report.skipped]);
  const hasChanges = report.changes.length > 0 || report.gains.length > 0;
  if (!hasChanges && reported.get(report.id) === remarks) return;
  reported.set(report.id, remarks);
  send({ type: 'scan', report });
}

let nextSessionsMs = Number.NEGATIVE_INFINITY;
for (;;) {
  if (listsSessions && monotonicMs() >= nextSessionsMs) {
    ownActivity.begin(LISTING);
    send({ type: 'sessions', ...findSessions(setup.sessionDir) });
    nextSessionsMs = monotonicMs() + setup.sessionsMs;
  }
  for (const watch of watches.values()) await reportScan(watch);
  ownActivity.begin(IDLE);
  const isBusy = [...watches.values()].some((watch) => watch.isBusy);
  await pause(isBusy ? setup.times.hotMs : 2 * setup.times.hotMs);
}
