import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, Option } from 'commander';
import { pino } from 'pino';
import { type SessionSummary, sessionSummarySchema } from '../contract/api.ts';
import type { ServiceSettings } from '../contract/settings.ts';
import { DEFAULT_MOVIE } from '../simulator/settings.ts';
import { callApi } from './client/request.ts';
import { sessionPath } from './client/session-argument.ts';
import { settingsFrom } from './config-settings.ts';
import { MICROSCOPE, type Microscope, startMicroscope } from './demo-microscope.ts';
import { reportingErrors } from './exit.ts';
import { createLogger } from './logger.ts';
import { decimalNumber, nonNegativeRange, portNumber, type Range, wholeNumber } from './option-values.ts';
import type { RunningService } from './service.ts';
import { onStopSignals } from './stop-signals.ts';

const INTERRUPTED = 130;
const SESSION = { project: 'demo_project', user: 'demo', session: 'demo_apoferritin_k3' } as const;
const POLLING_INTERVAL_MS = 250;

interface DemoOptions {
  once: boolean;
  movies: number;
  interval: number;
  port: number;
  local: Range;
  dir?: string;
  keep: boolean;
}

const HELP = `
Everything runs on this machine, without a config file. Ctrl-C stops the demo and removes its files, unless --keep or
--dir was given; a second Ctrl-C stops it at once.

Exit codes: 0 success, 1 a movie failed or the demo cannot start, 2 incorrect usage, 130 interrupted with --once
or by a second Ctrl-C.`;

/** `cryoem demo`: a simulated microscope and the service that processes its movies. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Starts a simulated microscope and the service that processes its movies.')
    .option('--movies <number>', 'movies that the microscope records', wholeNumber(0), 60)
    .option('--interval <seconds>', 'time between movies', decimalNumber({ minimum: 0 }), 5)
    .option('--port <number>', 'port of the page; 0: any free port', portNumber, 8112)
    .addOption(
      new Option('--local <px>', 'maximum local motion beyond the whole-frame motion, or its range; 0: none')
        .argParser(nonNegativeRange)
        .default(DEFAULT_MOVIE.localRangePixels, DEFAULT_MOVIE.localRangePixels.join('-')),
    )
    .option('--dir <directory>', 'directory for the files; default: a temporary directory')
    .option('--keep', 'keep the files when the demo ends (always with --dir)', false)
    .option('--once', 'process all movies, print one line of JSON, and exit: 0 on success, else 1', false)
    .addHelpText('after', HELP)
    .action(
      reportingErrors(async (options: DemoOptions) => {
        process.exitCode = await runDemo(options);
      }),
    );
}

async function runDemo(options: DemoOptions): Promise<number> {
  const startedAtMs = performance.now();
  const top = options.dir ? resolve(options.dir) : await mkdtemp(join(tmpdir(), 'cryoem-demo-'));
  const sessionDir = join(top, SESSION.project, 'sessions', SESSION.user, SESSION.session);
  await mkdir(join(sessionDir, 'raw'), { recursive: true });

  const interruption = new AbortController();
  const removeFiles = async () => {
    if (!options.dir && !options.keep) await rm(top, { recursive: true, force: true });
  };
  const stopListening = onStopSignals(
    () => {
      console.error('\nEnding the demo ...');
      interruption.abort();
    },
    () => process.exit(INTERRUPTED),
  );

  const settings = demoSettings(options, top);
  const service = await startDemoService(settings).catch(async (error) => {
    stopListening();
    await removeFiles();
    throw error;
  });
  const { movies, local } = options;
  const intervalS = options.once ? 0 : options.interval;
  const microscope = await startMicroscope({ sessionDir, movies, intervalS, local }, interruption.signal);
  try {
    printAddress(service, sessionDir);
    const callSession = createSessionCaller(service.address, settings.api.token);
    await callSession('start', { apix: MICROSCOPE.apix, fmdose: MICROSCOPE.fmdose, kev: MICROSCOPE.kev });
    if (!options.once) {
      console.error(`One movie every ${intervalS} s, ${movies} in total. Ctrl-C stops the demo.\n`);
      await waitUntilAborted(interruption.signal);
      return 0;
    }
    const finalSummary = await waitUntilComplete(callSession, microscope, movies, interruption.signal);
    const { total, done, failed } = finalSummary.counts;
    const seconds = Math.round((performance.now() - startedAtMs) / 100) / 10;
    console.log(JSON.stringify({ sessions: 1, movies: total, ok: done, failed, seconds }));
    return failed === 0 && done === movies ? 0 : 1;
  } catch (error) {
    if (interruption.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    interruption.abort();
    await microscope.ended;
    await service.close();
    await removeFiles();
    stopListening();
  }
}

function demoSettings({ port, once }: DemoOptions, top: string): ServiceSettings {
  return settingsFrom({
    general: { session_dir: top, state_dir: join(top, '.state') },
    api: { port, token: randomBytes(18).toString('base64url') },
    params: {},
    local: {},
    discovery: { scan_seconds: 1, complete_seconds: once ? 5 : 60 },
    retry: {},
  });
}

async function startDemoService(settings: ServiceSettings): Promise<RunningService> {
  // Imported here, so that a worker does not load the entire service when it starts.
  const { startService } = await import('./service.ts');
  return startService({ settings, logger: createLogger('warn', pino.destination(2)) });
}

function printAddress(service: RunningService, sessionDir: string): void {
  console.error(
    `\nPage:   ${service.loginLink()}\n        (one-time login link; the service is at ${service.address})\nFiles:  ${sessionDir}\n`,
  );
}

type CallSession = (action?: string, body?: object) => Promise<SessionSummary>;

/**
 * The demo uses its service through the API, as any other client does. A call without an action reads the
 * state of the session.
 */
function createSessionCaller(url: string, token: string): CallSession {
  const path = sessionPath(SESSION);
  return (action, body) =>
    callApi(
      { url, token },
      action
        ? { method: 'POST', path: `${path}/${action}`, ...(body ? { body } : {}) }
        : { method: 'GET', path },
      sessionSummarySchema,
    );
}

async function waitUntilComplete(
  callSession: CallSession,
  microscope: Microscope,
  movies: number,
  signal: AbortSignal,
): Promise<SessionSummary> {
  let lastLine = '';
  while (true) {
    signal.throwIfAborted();
    const status = await callSession();
    const line = `${status.counts.done} of ${movies} movies done, ${status.counts.failed} failed`;
    if (line !== lastLine) console.error(line);
    lastLine = line;
    const failure = microscope.failure();
    if (failure !== null) throw new Error(failure);
    if (status.state === 'processing_failure') return status;
    if (status.state === 'processing_complete' && status.counts.total >= movies) return status;
    await delay(POLLING_INTERVAL_MS, undefined, { signal });
  }
}

function waitUntilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolveAborted) => {
    if (signal.aborted) resolveAborted();
    else signal.addEventListener('abort', () => resolveAborted(), { once: true });
  });
}
