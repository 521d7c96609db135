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
  countingPrograms,
  noCluster,
  processesOf,
  startCluster,
} from '../test/support/slurm/cluster.ts';

const POLL_SECONDS = 2;
const MINUTES = 60_000;
/** A movie of 4096x4096 needs more memory than a job has here, one of 256x256 much less. */
const JOB_MEMORY = '500M';

/**
 * Failures of a cluster, in one session on a real Slurm of two nodes: a job cancelled by hand, one beyond its
 * time limit (its worker is frozen), one beyond its memory, a node that fails and comes back, an unreachable
 * controller, a killed service. At the end: one good result per good movie, each with its node. Arguments:
 * number of movies (200).
 */
export async function run(args: string[]): Promise<void> {
  if (noCluster !== null) throw new Error(noCluster);
  const movies = Number(args[0] ?? 200);
  const cluster = await startCluster({ SLURMD_TIMEOUT: '5' });
  const scratch = mkdtempSync(join(tmpdir(), 'cryoem-bench-slurm-'));
  mkdirSync(join(scratch, 'bin'));
  const programs = countingPrograms(join(scratch, 'bin'));
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
  await onSlurm(testSession);
  let service: RunningService | null = null;
  const startMs = performance.now();
  const say = (text: string) =>
    console.log(`${((performance.now() - startMs) / 1000).toFixed(0).padStart(4)} s  ${text}`);
  try {
    for (let i = 0; i < movies; i++)
      writeMovie(join(testSession.raw, `m${String(i).padStart(4, '0')}_fractions.mrc`), i);
    writeMovie(join(testSession.raw, 'large_fractions.mrc'), 1, { width: 4096, height: 4096, frames: 4 });
    service = await startServe(testSession);
    await post(service, testSession, 'start?apix=1&kev=300&fmdose=1');

    await doneAtLeast(service, testSession, 5);
    const [byHand] = await running(cluster);
    await cluster.slurm('scancel', byHand!.id);
    say(`job ${byHand!.id} cancelled by hand`);
    await reportsProblem(service, testSession, /cancelled outside the service/);
    say('the session says so');

    await doneAtLeast(service, testSession, 20);
    const frozen = await freezeOne(testSession);
    say(`worker ${frozen} suspended (SIGSTOP): its job will reach its time limit`);

    await doneAtLeast(service, testSession, 40);
    await cluster.kill('c1');
    say('slurmd of c1 killed');
    await doneAtLeast(service, testSession, 60);
    await cluster.stop('slurmctld');
    await reportsProblem(service, testSession, /does not respond/);
    say('controller stopped; the session says that Slurm does not respond');
    await service.kill();
    say('service killed with -9');
    await cluster.start('slurmctld');
    await cluster.start('c1');
    service = await startServe(testSession);
    say('controller, c1 and the service are back');

    const from = { squeue: programs.calls('squeue'), ms: performance.now() };
    await doneAtLeast(service, testSession, movies);
    await until(
      async () => (await detail(service!, testSession)).counts.failed === 1,
      'the large movie to fail',
      5 * MINUTES,
    );
    const intervals = (performance.now() - from.ms) / 1000 / POLL_SECONDS;
    say(
      `all done; squeue ${programs.calls('squeue') - from.squeue} times in ${intervals.toFixed(0)} intervals of ${POLL_SECONDS} s`,
    );
    await report(testSession, movies);
    const large = await fetch(`${service.url}${api(testSession)}/movies/large`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { row } = (await large.json()) as MovieDetail;
    console.log(`the large movie        ${row.state}, ${row.errorCode}: ${row.errorMessage}`);
    await stopQuickly(service, testSession, cluster, movies, say);
  } finally {
    await service?.stop();
    await testSession.remove();
    cluster.down();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function onSlurm(testSession: TestSession): Promise<void> {
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
  const answer = await fetch(`${service.url}${api(testSession)}/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new URLSearchParams(query))),
  });
  if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
}

async function detail(service: RunningService, testSession: TestSession): Promise<SessionDetail> {
  const answer = await fetch(service.url + api(testSession), {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return (await answer.json()) as SessionDetail;
}

const doneAtLeast = (service: RunningService, testSession: TestSession, count: number) =>
  until(
    async () => (await detail(service, testSession)).counts.done >= count,
    `${count} movies`,
    8 * MINUTES,
  );

const reportsProblem = (service: RunningService, testSession: TestSession, pattern: RegExp) =>
  until(
    async () => (await detail(service, testSession)).warnings.some((text) => pattern.test(text)),
    `a warning like ${pattern}`,
    MINUTES,
  );

async function running(cluster: Cluster): Promise<{ id: string; node: string }[]> {
  const lines = (await cluster.slurm('squeue', '-h', '-r', '-t', 'running', '-o', '%F_%K %N'))
    .trim()
    .split('\n');
  return lines.filter(Boolean).map((line) => ({ id: line.split(' ')[0]!, node: line.split(' ')[1]! }));
}

/** Running workers of the session. */
const workers = (testSession: TestSession): number[] =>
  processesOf('CRYOEM_BATCH_TOKEN=').filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes('process\0') && command.includes(testSession.sessionDir);
    } catch {
      return false; // has ended meanwhile
    }
  });

async function freezeOne(testSession: TestSession): Promise<number> {
  await until(() => workers(testSession).length > 0, 'a worker');
  const pid = workers(testSession)[0]!;
  process.kill(pid, 'SIGSTOP');
  return pid;
}

async function report(testSession: TestSession, movies: number): Promise<void> {
  const records = await readRecords(testSession);
  const good = records.filter(({ outcome }) => outcome.status === 'ok');
  const placed = good.filter(({ place: at }) => at && /^\d+_\d+$/.test(at.jobId) && /^c[12]$/.test(at.node));
  const logs = (await filesBelow(join(testSession.sessionDir, 'workflow'))).filter((file) =>
    file.endsWith('.log'),
  );
  const events = logs
    .flatMap((file) => readFileSync(join(testSession.sessionDir, 'workflow', file), 'utf8').split('\n'))
    .filter((line) => line.includes('"status":"ok"'));
  console.log(`good results           ${good.length} of ${movies}`);
  console.log(
    `done more than once    ${events.length - new Set(events.map((line) => JSON.parse(line).base)).size}`,
  );
  console.log(`records with a node    ${placed.length}`);
  console.log(
    `nodes                  ${['c1', 'c2'].map((node) => `${node} ${good.filter((r) => r.place?.node === node).length}`)}`,
  );
  if (good.length !== movies || placed.length !== movies)
    throw new Error('some good movies have no result or no node');
}

/** A stop, according to Slurm and to the kernel. */
async function stopQuickly(
  service: RunningService,
  testSession: TestSession,
  cluster: Cluster,
  from: number,
  say: (text: string) => void,
) {
  for (let i = 0; i < 60; i++)
    writeMovie(join(testSession.raw, `n${String(i).padStart(4, '0')}_fractions.mrc`), from + i);
  await until(() => workers(testSession).length > 0, 'workers', MINUTES);
  const startMs = performance.now();
  const stopped = post(service, testSession, 'stop').then(() => performance.now() - startMs);
  while ((await cluster.slurm('squeue', '-h', '-t', 'pending,running,completing')).trim() !== '')
    await delay(50);
  const queueMs = performance.now() - startMs;
  const answeredMs = await stopped;
  const left = workers(testSession).length;
  say(
    `stop: nothing in squeue after ${(queueMs / 1000).toFixed(1)} s, answered after ${(answeredMs / 1000).toFixed(1)} s, ${left} processes left`,
  );
}
