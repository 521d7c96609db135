import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MovieDetail, SessionDetail } from '../src/contract/api.ts';
import {
  filesBelow,
  makeTestSession,
  type RunningService,
  readRecords,
  startServe,
  type TestSession,
  TOKEN,
  until,
} from '../test/support/e2e/harness.ts';
import { writeMovie } from '../test/support/movies.ts';
import {
  type Cluster,
  processesOf,
  startCluster,
  whyNoCluster,
  writeCountingWrappers,
} from '../test/support/slurm/cluster.ts';

const POLL_SECONDS = 2;
const MINUTE_MS = 60_000;
/** Memory of a job: too little for a movie of 4096x4096 pixels, more than enough for 256x256. */
const JOB_MEMORY = '500M';

/**
 * Failures of a cluster, in one session on a real Slurm cluster of two nodes: a job that is cancelled by
 * hand, one that exceeds its time limit (its worker is suspended), one that exceeds its memory, a node that
 * fails and comes back, an unreachable controller, a killed service. At the end, each valid movie must have
 * one successful result with the name of its node. Arguments: number of movies (200).
 */
export async function run(args: string[]): Promise<void> {
  if (whyNoCluster !== null) throw new Error(whyNoCluster);
  const movies = Number(args[0] ?? 200);
  const cluster = await startCluster({ SLURMD_TIMEOUT: '5' });
  const scratch = mkdtempSync(join(tmpdir(), 'cryoem-bench-slurm-'));
  mkdirSync(join(scratch, 'bin'));
  const programs = writeCountingWrappers(join(scratch, 'bin'));
  const testSession = await makeTestSession(`
[general.more]
[slurm]
conf = ${cluster.conf}
bin_dir = ${programs.binDir}
poll_seconds = ${POLL_SECONDS}
command_seconds = 3
grace_seconds = 1
time_limit = 1
memory = ${JOB_MEMORY}
threads = 1
[params]
maxjobs = 4
partition = cryoem_partition
account = trojan_123
glite_arguments = --gres=gpu:a40:1
cluster_size = 20
no_of_gpus = 1
no_of_files_to_proc_in_cycle = ${movies}
[retry]
delay_seconds = 1
`);
  await setExecutorToSlurm(testSession);
  let service: RunningService | null = null;
  const startMs = performance.now();
  const log = (text: string) =>
    console.log(`${((performance.now() - startMs) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  try {
    for (let i = 0; i < movies; i++)
      writeMovie(join(testSession.raw, `m${String(i).padStart(4, '0')}_fractions.mrc`), i);
    writeMovie(join(testSession.raw, 'large_fractions.mrc'), 1, { width: 4096, height: 4096, frames: 4 });
    service = await startServe(testSession);
    await post(service, testSession, 'start?apix=1&kev=300&fmdose=1');

    await waitUntilDone(service, testSession, 5);
    const [cancelledJob] = await runningJobs(cluster);
    await cluster.slurm('scancel', cancelledJob!.id);
    log(`job ${cancelledJob!.id} cancelled by hand`);
    await waitForWarning(service, testSession, /cancelled outside the service/);
    log('the session reports it');

    await waitUntilDone(service, testSession, 20);
    const suspendedPid = await suspendWorker(testSession);
    log(`worker ${suspendedPid} suspended with SIGSTOP: its job will reach the time limit`);

    await waitUntilDone(service, testSession, 40);
    await cluster.kill('c1');
    log('slurmd of c1 killed');
    await waitUntilDone(service, testSession, 60);
    await cluster.stop('slurmctld');
    await waitForWarning(service, testSession, /does not respond/);
    log('controller stopped; the session reports that Slurm does not respond');
    await service.kill();
    log('service killed with -9');
    await cluster.start('slurmctld');
    await cluster.start('c1');
    service = await startServe(testSession);
    log('controller, c1 and the service are back');

    const before = { squeue: programs.calls('squeue'), ms: performance.now() };
    await waitUntilDone(service, testSession, movies);
    await until(
      async () => (await sessionDetail(service!, testSession)).counts.failed === 1,
      'the large movie to fail',
      5 * MINUTE_MS,
    );
    const intervals = (performance.now() - before.ms) / 1000 / POLL_SECONDS;
    log(
      `all done; squeue ${programs.calls('squeue') - before.squeue} calls in ${intervals.toFixed(0)} intervals of ${POLL_SECONDS} s`,
    );
    await report(testSession, movies);
    const largeResponse = await fetch(`${service.url}${api(testSession)}/movies/large`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { row } = (await largeResponse.json()) as MovieDetail;
    console.log(`the large movie        ${row.state}, ${row.errorCode}: ${row.errorMessage}`);
    await measureStop(service, testSession, cluster, movies, log);
  } finally {
    await service?.stop();
    await testSession.remove();
    cluster.down();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function setExecutorToSlurm(testSession: TestSession): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  const text = readFileSync(testSession.configPath, 'utf8').replace('[general.more]\n', '');
  await writeFile(testSession.configPath, text.replace('[general]\n', '[general]\nexecutor = slurm\n'));
}

const api = (testSession: TestSession) => {
  const [, project, user, , session] = testSession.route.split('/');
  return `/api/v1/sessions/${project}/${user}/${session}`;
};

async function post(service: RunningService, testSession: TestSession, action: string): Promise<void> {
  const [name, query = ''] = action.split('?');
  const response = await fetch(`${service.url}${api(testSession)}/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new URLSearchParams(query))),
  });
  if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
}

async function sessionDetail(service: RunningService, testSession: TestSession): Promise<SessionDetail> {
  const response = await fetch(service.url + api(testSession), {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return (await response.json()) as SessionDetail;
}

const waitUntilDone = (service: RunningService, testSession: TestSession, count: number) =>
  until(
    async () => (await sessionDetail(service, testSession)).counts.done >= count,
    `${count} movies`,
    8 * MINUTE_MS,
  );

const waitForWarning = (service: RunningService, testSession: TestSession, pattern: RegExp) =>
  until(
    async () => (await sessionDetail(service, testSession)).warnings.some((text) => pattern.test(text)),
    `a warning that matches ${pattern}`,
    MINUTE_MS,
  );

async function runningJobs(cluster: Cluster): Promise<{ id: string; node: string }[]> {
  const lines = (await cluster.slurm('squeue', '-h', '-r', '-t', 'running', '-o', '%F_%K %N'))
    .trim()
    .split('\n');
  return lines.filter(Boolean).map((line) => ({ id: line.split(' ')[0]!, node: line.split(' ')[1]! }));
}

/** Running workers of the session. */
const workerPids = (testSession: TestSession): number[] =>
  processesOf('CRYOEM_BATCH_TOKEN=').filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes('process\0') && command.includes(testSession.sessionDir);
    } catch {
      return false; // the process has ended
    }
  });

async function suspendWorker(testSession: TestSession): Promise<number> {
  await until(() => workerPids(testSession).length > 0, 'a worker');
  const pid = workerPids(testSession)[0]!;
  process.kill(pid, 'SIGSTOP');
  return pid;
}

async function report(testSession: TestSession, movies: number): Promise<void> {
  const records = await readRecords(testSession);
  const successful = records.filter(({ outcome }) => outcome.status === 'ok');
  const withNode = successful.filter(
    ({ place: location }) => location && /^\d+_\d+$/.test(location.jobId) && /^c[12]$/.test(location.node),
  );
  const logs = (await filesBelow(join(testSession.sessionDir, 'workflow'))).filter((file) =>
    file.endsWith('.log'),
  );
  const events = logs
    .flatMap((file) => readFileSync(join(testSession.sessionDir, 'workflow', file), 'utf8').split('\n'))
    .filter((line) => line.includes('"status":"ok"'));
  console.log(`successful results     ${successful.length} of ${movies}`);
  console.log(
    `done more than once    ${events.length - new Set(events.map((line) => JSON.parse(line).base)).size}`,
  );
  console.log(`records with a node    ${withNode.length}`);
  console.log(
    `nodes                  ${['c1', 'c2'].map((node) => `${node} ${successful.filter((r) => r.place?.node === node).length}`)}`,
  );
  if (successful.length !== movies || withNode.length !== movies)
    throw new Error('some valid movies have no successful result or no node');
}

/** Stops the session; reports when the queue of Slurm is empty, and how many worker processes are left. */
async function measureStop(
  service: RunningService,
  testSession: TestSession,
  cluster: Cluster,
  firstSeed: number,
  log: (text: string) => void,
) {
  for (let i = 0; i < 60; i++)
    writeMovie(join(testSession.raw, `n${String(i).padStart(4, '0')}_fractions.mrc`), firstSeed + i);
  await until(() => workerPids(testSession).length > 0, 'workers', MINUTE_MS);
  const startMs = performance.now();
  const stopResponse = post(service, testSession, 'stop').then(() => performance.now() - startMs);
  while ((await cluster.slurm('squeue', '-h', '-t', 'pending,running,completing')).trim() !== '')
    await delay(50);
  const queueMs = performance.now() - startMs;
  const respondedMs = await stopResponse;
  const remaining = workerPids(testSession).length;
  log(
    `stop: nothing in squeue after ${(queueMs / 1000).toFixed(1)} s, response after ${(respondedMs / 1000).toFixed(1)} s, ${remaining} processes left`,
  );
}
