import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { pino } from 'pino';
import type { SessionSummary } from '../contract/api.ts';
import { DEFAULT_MOVIE } from '../simulator/settings.ts';
import { settingsFrom } from './config-settings.ts';
import { reportingFaults } from './exit.ts';
import { createLogger } from './logger.ts';
import { decimalNumber, portNumber, positiveRange, wholeNumber } from './option-values.ts';
import { onStopSignals } from './stop-signals.ts';

const BIN = fileURLToPath(new URL('../../bin/cryoem', import.meta.url));
const INTERRUPTED = 130;
/** What the microscope may take to end: it finishes the movie that it writes. */
const MOVIE_MS = 30_000;
const SESSION = { project: 'demo_project', user: 'demo', session: 'demo_apoferritin_k3' } as const;
/** What the simulated microscope records, and so what the session is started with. */
const MICROSCOPE = { apix: 1, fmdose: 1.5, kev: 300, size: '1024x1024', frames: 16 } as const;

interface DemoOptions {
  once: boolean;
  movies: number;
  interval: number;
  port: number;
  local: readonly [number, number];
  dir?: string;
  keep: boolean;
}

const HELP = `
Everything runs on this machine alone and needs no config file. Ctrl-C ends it and removes its files; a second one
ends it at once.

Exit codes: 0 all is well, 1 a movie failed or the demo cannot start, 2 wrong usage, 130 interrupted with --once.`;

/** `cryoem demo`: a simulated microscope and the service that processes its movies, on this machine alone. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Starts a simulated microscope and the service that processes its movies.')
    .option('--movies <number>', 'movies that the microscope records', wholeNumber(0), 60)
    .option('--interval <seconds>', 'time between movies', decimalNumber({ minimum: 0 }), 5)
    .option('--port <number>', 'port of the page; 0: any free one', portNumber, 8112)
    .addOption(
      new Option('--local <px>', 'maximum local motion beyond the whole-frame motion, or its range; 0: none')
        .argParser(positiveRange)
        .default(DEFAULT_MOVIE.localRangePixels, DEFAULT_MOVIE.localRangePixels.join('-')),
    )
    .option('--dir <directory>', 'where the files go; default: a temporary directory')
    .option('--keep', 'leave the files when the demo ends (always so with --dir)', false)
    .option('--once', 'process all movies, print one line of JSON, and exit: 0 if all is well, else 1', false)
    .addHelpText('after', HELP)
    .action(
      reportingFaults(async (options: DemoOptions) => {
        process.exitCode = await runDemo(options);
      }),
    );
}

async function runDemo(options: DemoOptions): Promise<number> {
  const startedAt = performance.now();
  const top = options.dir ? resolve(options.dir) : await mkdtemp(join(tmpdir(), 'cryoem-demo-'));
  const sessionDir = join(top, SESSION.project, 'sessions', SESSION.user, SESSION.session);
  await mkdir(join(sessionDir, 'raw'), { recursive: true });

  const interrupted = new AbortController();
  const removeFiles = async () => {
    if (!options.dir && !options.keep) await rm(top, { recursive: true, force: true });
  };
  const release = onStopSignals(
    () => {
      console.error('\nThe demo ends ...');
      interrupted.abort();
    },
    () => process.exit(INTERRUPTED),
  );

  const token = randomBytes(18).toString('base64url');
  // Loaded here, so that a worker's start does not pay for the whole service.
  const { startService } = await import('./service.ts');
  const settings = settingsFrom({
    general: { session_dir: top, state_dir: join(top, '.state') },
    api: { port: options.port, token },
    params: {},
    local: {},
    discovery: { scan_seconds: 1, complete_seconds: options.once ? 5 : 60 },
    retry: {},
  });
  const logger = createLogger('warn', pino.destination(2));
  const service = await startService({ settings, logger }).catch(async (error) => {
    release();
    await removeFiles();
    throw error;
  });
  const microscope = await startMicroscope(sessionDir, options, interrupted.signal);
  try {
    console.error(
      `\nThe page:  ${service.loginLink()}\n           (the link logs in once; the service is at ${service.address})\nFiles:     ${sessionDir}\n`,
    );
    const call = clientOf(service.address, token);
    await call('POST', 'start', { apix: MICROSCOPE.apix, fmdose: MICROSCOPE.fmdose, kev: MICROSCOPE.kev });
    if (!options.once) {
      console.error(`A movie every ${options.interval} s, ${options.movies} in all. Ctrl-C ends the demo.\n`);
      await waitForAbort(interrupted.signal);
      return 0;
    }
    const final = await untilComplete(call, microscope, options.movies, interrupted.signal);
    const { total, done, failed } = final.counts;
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    console.log(JSON.stringify({ sessions: 1, movies: total, ok: done, failed, seconds }));
    return failed === 0 && done === options.movies ? 0 : 1;
  } catch (error) {
    if (interrupted.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    interrupted.abort();
    await microscope.ended;
    await service.close();
    await removeFiles();
    release();
  }
}

interface Microscope {
  readonly ended: Promise<void>;
  failure: string | null;
}

/** The microscope is a process of its own, so that simulating takes nothing from the service's event loop. */
async function startMicroscope(
  sessionDir: string,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<Microscope> {
  const args = [
    ...[
      'simulate',
      sessionDir,
      '--movies',
      String(options.movies),
      '--interval',
      String(options.once ? 0 : options.interval),
    ],
    ...['--size', MICROSCOPE.size, '--frames', String(MICROSCOPE.frames), '--apix', String(MICROSCOPE.apix)],
    ...['--fmdose', String(MICROSCOPE.fmdose), '--kev', String(MICROSCOPE.kev), '--seed', '1'],
    ...['--local', options.local.join('-')],
  ];
  const { runProcess } = await import('../base/start-process.ts');
  const microscope: Microscope = {
    failure: null,
    ended: runProcess([process.execPath, BIN, ...args], {
      stdout: 'ignore',
      stderr: 'inherit',
      signal,
      graceMs: MOVIE_MS,
    }).then(({ startFailure, exitCode }) => {
      if (startFailure) microscope.failure = startFailure.message;
      else if (exitCode !== 0 && !signal.aborted)
        microscope.failure = `the simulated microscope ended with exit code ${exitCode}`;
    }),
  };
  return microscope;
}

type Call = (method: 'GET' | 'POST', action?: string, body?: object) => Promise<SessionSummary>;

/** The demo talks to its service as any client does. */
function clientOf(address: string, token: string): Call {
  const url = `${address}/api/v1/sessions/${SESSION.project}/${SESSION.user}/${SESSION.session}`;
  return async (method, action, body) => {
    const response = await fetch(action ? `${url}/${action}` : url, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok)
      throw new Error(`${method} ${action ?? 'status'}: ${response.status} ${await response.text()}`);
    return (await response.json()) as SessionSummary;
  };
}

async function untilComplete(
  call: Call,
  microscope: Microscope,
  movies: number,
  signal: AbortSignal,
): Promise<SessionSummary> {
  let shown = '';
  while (true) {
    signal.throwIfAborted();
    const status = await call('GET');
    const line = `${status.counts.done} of ${movies} movies done, ${status.counts.failed} failed`;
    if (line !== shown) console.error(line);
    shown = line;
    if (microscope.failure) throw new Error(microscope.failure);
    if (status.state === 'processing_failure') return status;
    if (status.state === 'processing_complete' && status.counts.total >= movies) return status;
    await delay(250, undefined, { signal });
  }
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
