import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { settingsFrom } from '../src/cli/config-settings.ts';
import type { SessionKey } from '../src/contract/api.ts';
import type { ServiceSettings } from '../src/contract/settings.ts';
import { createLocalExecutor } from '../src/executors/local/executor.ts';
import { Executors } from '../src/executors/registry.ts';
import { createSessionService } from '../src/sessions/create-service.ts';
import { pathsOf } from '../src/sessions/names.ts';
import type { SessionService } from '../src/sessions/service.ts';
import { writeLargeSession } from './page-parts/large-session.ts';

const KEY: SessionKey = { project: 'bench', user: 'bench', session: 'large' };

/**
 * A session with many movies, each with a result record: time that the service needs to start without a
 * ledger and with one, and to respond. Movies and records are small stand-ins: only the start without a
 * ledger reads the records, and nothing reads the movies. Arguments: number of movies (100000), folder in
 * which a temporary folder is created (default: the temporary folder of the system).
 */
export async function run(args: string[]): Promise<void> {
  const movies = Number(args[0] ?? 100_000);
  const directory = mkdtempSync(join(args[1] ?? tmpdir(), 'cryoem-bench-'));
  try {
    const settings = settingsFrom({
      general: { session_dir: join(directory, 'data'), state_dir: join(directory, 'state') },
      api: { token: 'bench' },
      params: {},
      local: {},
      discovery: {},
      retry: {},
    });
    const paths = pathsOf(settings.sessionDir, KEY);
    print('write the session', await measureSeconds(async () => writeLargeSession(paths, movies)), 's');

    const firstStart = await measureStart(settings, movies);
    print('start without a ledger (all records read)', firstStart.seconds, 's');
    await firstStart.service.close();

    const restart = await measureStart(settings, movies);
    print('restart, until the first correct status', restart.seconds, 's');
    await measureResponses(restart.service);
    const cpu = process.cpuUsage();
    const idleSeconds = await measureSeconds(() => new Promise((resolve) => setTimeout(resolve, 20_000)));
    const { user, system } = process.cpuUsage(cpu);
    print('CPU while idle', (user + system) / 1e4 / idleSeconds, '%');
    print('memory of the process', process.memoryUsage.rss() / 2 ** 20, 'MiB');
    await restart.service.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function measureStart(settings: ServiceSettings, movies: number) {
  const startMs = performance.now();
  const executor = createLocalExecutor({ slots: 1 });
  const service = await createSessionService({
    settings,
    executors: new Executors([executor]),
    logger: pino({ level: 'silent' }),
  });
  while (!service.ready()) await new Promise((resolve) => setTimeout(resolve, 5));
  const status = await service.queries.compatibilityStatus(KEY);
  if (status.processed_files !== movies)
    throw new Error(`expected ${movies} movies: ${JSON.stringify(status)}`);
  return { service, seconds: (performance.now() - startMs) / 1000 };
}

async function measureResponses(service: SessionService): Promise<void> {
  print('status (compatibility route)', await medianMs(() => service.queries.compatibilityStatus(KEY)), 'ms');
  print('summary', await medianMs(() => service.queries.find(KEY)), 'ms');
  print(
    '100 newest movies',
    await medianMs(() => service.queries.movies(KEY, { limit: 100, order: 'newest' })),
    'ms',
  );
  print('series of 1000 movies', await medianMs(() => service.queries.series(KEY, 50_000, 1000)), 'ms');
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 51; i++) times.push(1000 * (await measureSeconds(work)));
  return times.sort((a, b) => a - b)[25]!;
}

async function measureSeconds(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
}

const print = (label: string, value: number, unit: string) =>
  console.log(`${label.padEnd(48)} ${value.toFixed(2).padStart(10)} ${unit}`);
