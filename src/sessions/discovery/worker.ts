import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../base/errors.ts';
import { IDLE, LISTING } from './activity.ts';
import { findSessions } from './find-sessions.ts';
import { inspectFile } from './inspect.ts';
import { realFoldersOf } from './link-rules.ts';
import type {
  Answer,
  DiscoveryRequest,
  FromWorker,
  Questions,
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
/** Read for every file, which shows that a scan advances. */
const monotonicMs = () => {
  ownActivity.advance();
  return performance.now();
};
const send = (message: FromWorker) => port.postMessage(message);

const { referenceRoots: roots = [], linkRoots = [] } = setup;
const searchUntil = (signal: AbortSignal) => ({ roots, linkRoots, signal });
/** A file that has become a link out of the session is not opened. */
const inspect = (path: string, root: string) => inspectFile(path, realFoldersOf({ root, linkRoots }));
const ANSWERS: {
  [Q in keyof Questions]: (
    input: Questions[Q]['input'],
    signal: AbortSignal,
  ) => Promise<Questions[Q]['answer']>;
} = {
  references: async (input, signal) =>
    resolveReferences(input.raw, input.gain, input.defects, searchUntil(signal)),
  suggest: async (input) => suggestFrom(input.raw, input.movie, linkRoots),
  survey: async (input, signal) => surveyOf(input, searchUntil(signal)),
};
/** Requests that are being answered. */
const running = new Map<number, AbortController>();

async function answer<Q extends keyof Questions>({
  number,
  question,
  input,
}: DiscoveryRequest<Q>): Promise<void> {
  const controller = new AbortController();
  running.set(number, controller);
  try {
    const found = await ANSWERS[question](input, controller.signal);
    const message: Answer<Q> = { type: 'answer', number, question, answer: found };
    port.postMessage(message);
  } catch (error) {
    send({ type: 'fault', number, question, message: messageOf(error) });
  } finally {
    running.delete(number);
  }
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'watch': {
      const order = { ...message.order, linkRoots };
      watches.set(order.id, new SessionWatch(order, setup.times, inspect, monotonicMs));
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
      void answer(message);
  }
});

const reported = new Map<number, string>();

/** An unexpected error must only affect one session: the thread has to scan the other sessions. */
async function scanOf(watch: SessionWatch): Promise<ScanReport> {
  ownActivity.begin(watch.order.id);
  try {
    return await watch.scan();
  } catch (error) {
    const fault = `raw cannot be read: ${messageOf(error)}`;
    return { id: watch.order.id, fault, warnings: [], changes: [], gains: [], skipped: [] };
  }
}

/** Sends the report of a scan if it has changes, or another fault, warning or skipped file than before. */
async function reportScan(watch: SessionWatch): Promise<void> {
  const report = await scanOf(watch);
  if (watches.get(watch.order.id) !== watch) return;
  const remarks = JSON.stringify([report.fault, report.warnings, report.skipped]);
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
