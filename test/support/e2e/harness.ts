import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { CompatibilityStatus } from '../../../src/contract/api.ts';
import { type ResultRecord, resultRecordSchema } from '../../../src/contract/record.ts';
import { readImage } from '../../../src/formats/open.ts';
import { TEST_TIMEOUT_MS } from '../test-timeout.ts';

/** Real services, movies and directories for the end-to-end tests. */

const BIN = resolve('bin/cryoem');
export const TOKEN = 'somesecret';
export const execFileAsync = promisify(execFile);

export interface TestSession {
  /** `session_dir` of the config. */
  readonly top: string;
  readonly configPath: string;
  readonly stateDir: string;
  readonly port: number;
  readonly sessionDir: string;
  readonly raw: string;
  readonly processed: string;
  /** `/project/user/session/id` path of the original routes. */
  readonly route: string;
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A session directory with an empty `raw`, and a config file that names it. */
export async function makeTestSession(extraConfig = ''): Promise<TestSession> {
  const home = await mkdtemp(join(tmpdir(), 'cryoem-e2e-'));
  const top = join(home, 'cryoem1');
  const names = ['ttrojan_123', 'ttrojan', '20210427113_usc_ttrojan_k3_mysample1'] as const;
  const sessionDir = join(top, names[0], 'sessions', names[1], names[2]);
  const testSession: TestSession = {
    top,
    configPath: join(home, 'cryoem.conf'),
    stateDir: join(home, 'state'),
    port: await freePort(),
    sessionDir,
    raw: join(sessionDir, 'raw'),
    processed: join(sessionDir, 'processed'),
    route: `/${names[0]}/${names[1]}/session/${names[2]}`,
    remove: () => rm(home, { recursive: true, force: true }),
  };
  await mkdir(testSession.raw, { recursive: true });
  await writeFile(
    testSession.configPath,
    `[general]\nsession_dir = ${top}\nstate_dir = ${testSession.stateDir}\n[api]\nport = ${testSession.port}\ntoken = ${TOKEN}\n${extraConfig}`,
  );
  return testSession;
}

export interface RunningService {
  readonly process: ChildProcess;
  readonly url: string;
  /** Everything that the service has printed so far. */
  output(): string;
  /** Sends SIGTERM and waits until the process has ended. Returns its exit code. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL and waits until the process has ended. */
  kill(): Promise<void>;
}

/** Starts `cryoem serve` as a user would, and waits until the service is ready. */
export async function startServe(testSession: TestSession): Promise<RunningService> {
  const child = spawn(process.execPath, [BIN, 'serve', '--config', testSession.configPath], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const url = `http://127.0.0.1:${testSession.port}`;
  await until(async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`cryoem serve ended:\n${output}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    return response?.ok === true;
  }, 'the service to be ready');
  return {
    process: child,
    url,
    output: () => output,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Number of equal values in a row after which a value is stable, even on a busy machine. */
const SETTLED_READS = 15;

/** Polls a condition. The limit prevents hanging; it does not test the speed. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  description: string,
  limitMs = TEST_TIMEOUT_MS,
): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > limitMs) throw new Error(`not reached in time: ${description}`);
    await delay(50);
  }
}

/** The value of `read` once it no longer changes, as at the end of an animation. */
export async function settled<T>(read: () => Promise<T>): Promise<T> {
  let last = await read();
  for (let equalReads = 0; equalReads < SETTLED_READS; ) {
    await delay(100);
    const now = await read();
    equalReads = JSON.stringify(now) === JSON.stringify(last) ? equalReads + 1 : 0;
    last = now;
  }
  return last;
}

export async function status(
  service: RunningService,
  testSession: TestSession,
): Promise<CompatibilityStatus> {
  const response = await fetch(`${service.url}${testSession.route}?access_token=${TOKEN}`);
  return (await response.json()) as CompatibilityStatus;
}

/** Runs the simulator, which writes movies into raw. */
export async function simulate(testSession: TestSession, ...args: string[]): Promise<void> {
  await execFileAsync(process.execPath, [
    BIN,
    'simulate',
    testSession.sessionDir,
    '--interval',
    '0',
    ...args,
  ]);
}

/** Paths of all files below a directory, relative to it, sorted; none if it does not exist. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((e) => e.isFile())
    .map((e) => relative(directory, join(e.parentPath, e.name)))
    .sort();
}

/** Relative path -> sha256 of every file below a directory. */
export async function checksums(directory: string): Promise<Map<string, string>> {
  const sums = new Map<string, string>();
  for (const file of await filesBelow(directory)) {
    sums.set(
      file,
      createHash('sha256')
        .update(await readFile(join(directory, file)))
        .digest('hex'),
    );
  }
  return sums;
}

/** Reviews in the file on disk. */
// biome-ignore lint/suspicious/noExplicitAny: each test checks the fields that it needs
export async function readReviews(testSession: TestSession): Promise<any[]> {
  const text = await readFile(join(testSession.processed, 'reviews.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export async function readRecords(testSession: TestSession): Promise<ResultRecord[]> {
  const directory = join(testSession.processed, 'results');
  const names = await readdir(directory);
  return Promise.all(
    names.map(async (name) =>
      resultRecordSchema.parse(JSON.parse(await readFile(join(directory, name), 'utf8'))),
    ),
  );
}

/**
 * Checks that every output in a record is complete: MRC files are images with finite numbers, JPEG files have
 * their first and last bytes.
 */
export async function checkOutputs(testSession: TestSession, record: ResultRecord): Promise<void> {
  for (const [role, file] of Object.entries(record.files)) {
    const path = join(testSession.processed, file);
    if (!(await isComplete(path))) throw new Error(`${role} of ${record.movie.base} is incomplete: ${path}`);
  }
}

async function isComplete(path: string): Promise<boolean> {
  switch (extname(path)) {
    case '.jpg': {
      const bytes = await readFile(path);
      return bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;
    }
    case '.star':
      return (await readFile(path, 'utf8')).includes('data_global_shift');
    case '.txt':
      return (await readFile(path, 'utf8')).endsWith('\n');
    default:
      return readImage(path).data.every(Number.isFinite);
  }
}

/** Process ids of the workers that a service started, from /proc. */
export async function workersOf(testSession: TestSession): Promise<number[]> {
  const workers: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('process\0') && command.includes(testSession.sessionDir))
      workers.push(Number(entry));
  }
  return workers;
}
