import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LEDGER_FILE } from '../../src/sessions/ledger/open.ts';
import {
  makeTestSession,
  type RunningService,
  readRecords,
  startServe,
  status,
  type TestSession,
  TOKEN,
  until,
  workersOf,
} from '../support/e2e/harness.ts';
import { writeMovie } from '../support/movies.ts';
import { type Cluster, startCluster, whyNoCluster } from '../support/slurm/cluster.ts';

const MOVIES = 6;

describe.skipIf(whyNoCluster !== null)(
  `the service on Slurm${whyNoCluster ? ` [${whyNoCluster}]` : ''}`,
  () => {
    let cluster: Cluster;
    let testSession: TestSession;
    let service: RunningService | null = null;

    beforeEach(async () => {
      cluster = await startCluster();
      testSession = await makeTestSession(
        `[params]\npartition = cryoem_partition\naccount = trojan_123\nglite_arguments = --gres=gpu:a40:2\nno_of_gpus = 2\nmaxjobs = 2\ncluster_size = 1\n` +
          `no_of_files_to_proc_in_cycle = ${MOVIES}\n[slurm]\nconf = ${cluster.conf}\npoll_seconds = 1\ngrace_seconds = 1\n`,
      );
      const text = readFileSync(testSession.configPath, 'utf8');
      writeFileSync(testSession.configPath, text.replace('[general]\n', '[general]\nexecutor = slurm\n'));
      for (let i = 0; i < MOVIES; i++) writeMovie(join(testSession.raw, `m${i}_fractions.mrc`), i);
      service = await startServe(testSession);
    });
    afterEach(async () => {
      await service?.stop();
      cluster?.down();
      await testSession?.remove();
    });

    const request = (route: string) =>
      fetch(`${service!.url}${testSession.route}${route}access_token=${TOKEN}`);
    const start = () => request('/start-processing?apix=1&kev=300&fmdose=1&');
    /** Suspends (SIGSTOP) a worker while it processes a movie; returns its process ID. */
    async function suspendWorker(): Promise<number> {
      await until(async () => (await workersOf(testSession)).length > 0, 'a worker');
      const pid = (await workersOf(testSession))[0]!;
      process.kill(pid, 'SIGSTOP');
      return pid;
    }
    const queuedJobs = async () => (await cluster.slurm('squeue', '-h', '-t', 'pending,running')).trim();

    it('finds its running jobs again after it was killed and its ledger was lost; each movie is processed once, with its node in the record', async () => {
      await start();
      const pid = await suspendWorker();
      await service!.kill();
      for (const suffix of ['', '-wal', '-shm'])
        await rm(join(testSession.stateDir, LEDGER_FILE + suffix), { force: true });
      service = await startServe(testSession);
      await until(
        async () => (await status(service!, testSession)).raw_files === MOVIES,
        'all movies to be found',
      );
      process.kill(pid, 'SIGCONT');
      await until(async () => (await status(service!, testSession)).processed_files === MOVIES, 'all movies');
      const records = await readRecords(testSession);
      expect(records.map(({ outcome }) => outcome.status)).toEqual(new Array(MOVIES).fill('ok'));
      expect(records.map(({ attempt }) => attempt)).toEqual(new Array(MOVIES).fill(1));
      for (const { place, executor } of records) {
        expect(executor).toBe('slurm');
        expect(place).toEqual({
          cluster: 'dev',
          jobId: expect.stringMatching(/^\d+_\d+$/),
          node: expect.stringMatching(/^c[12]$/),
          restart: 0,
        });
      }
      await until(async () => (await queuedJobs()) === '', 'the jobs to leave the queue');
    });

    it('leaves no job in the queue and no process after a stop', async () => {
      await start();
      await suspendWorker();
      expect(await queuedJobs()).not.toBe('');
      expect((await request('/stop-processing?')).ok).toBe(true);
      expect(await queuedJobs()).toBe('');
      expect(await workersOf(testSession)).toEqual([]);
      expect((await status(service!, testSession)).state).toBe('needs_processing');
    });
  },
);
