import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Executor, Handle } from '../../../src/executors/executor.ts';
import { createPegasusExecutor } from '../../../src/executors/pegasus/executor.ts';
import { PEGASUS_TIMES, type PegasusSettings } from '../../../src/executors/pegasus/settings.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { processesOf } from '../../support/slurm/cluster.ts';
import { describeExecutor } from '../conformance.ts';
import { installStandIn, type StandIn, workflowFolders } from './stand-in.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const DOUBLE = [process.execPath, fileURLToPath(new URL('../worker-double.mjs', import.meta.url))];
const WAIT = { timeout: PATIENCE_MS, interval: 20 };
const RESTARTED = 'jobstate-schedd-restarted-5.1.2.log';
const DAGMAN_STARTING = '11/28/26 17:36:39 ** condor_scheduniv_exec.52.0 (CONDOR_DAGMAN) STARTING UP\n';
const DAGMAN_EXITING =
  '11/28/26 17:37:22 **** condor_scheduniv_exec.52.0 (condor_DAGMAN) pid 137 EXITING WITH STATUS 1\n';
/** As Pegasus' monitor reads it: the reason stands on a line of its own. */
const HELD_LOG =
  '11/26/26 18:20:38 Event: ULOG_JOB_HELD\n11/26/26 18:20:38  Hold reason: sbatch: error: no such account\n';

function settingsFor(standIn: StandIn, changes: Partial<PegasusSettings> = {}): PegasusSettings {
  return {
    site: {
      partition: 'cryoem_partition',
      account: 'trojan_123',
      sbatchOptions: '--gres=gpu:a40:1',
      cores: 1,
      runtimeSeconds: 600,
      memoryMib: null,
      maxJobs: 2,
      stageOutClusters: 1,
    },
    pegasusHome: null,
    binDir: standIn.binDirectory,
    clusterSize: 100,
    batchesPerJob: 1,
    threads: 1,
    environment: null,
    sessionDir: '/cryoem1',
    node: process.execPath,
    installDir: ROOT,
    command: null,
    times: {
      ...PEGASUS_TIMES,
      ...{
        gatherMs: 150,
        jobFilePollMs: 50,
        statusMs: 100,
        commandMs: 30_000,
        graceMs: 500,
        heartbeatMs: 100,
        goneMs: 300,
      },
      ...{ settleMs: 200, fenceMs: 400, retryMs: 100, maxRetryMs: 500 },
    },
    ...changes,
  };
}

let standIn: StandIn;
beforeEach(() => {
  standIn = installStandIn();
});
afterEach(() => standIn.remove());

describe('Pegasus, replayed by a stand-in', () => {
  describeExecutor('pegasus', {
    outlivesService: true,
    create: async ({ slots, command }) => {
      const { site } = settingsFor(standIn);
      return createPegasusExecutor(
        settingsFor(standIn, { site: { ...site, maxJobs: slots }, command: command ?? null }),
      );
    },
  });

  describe('workflows', () => {
    let directory: string;
    const executors: Executor[] = [];
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'cryoem-pegasus-'));
    });
    afterEach(async () => {
      for (const executor of executors.splice(0)) await executor.close();
      rmSync(directory, { recursive: true, force: true });
    });

    function open(changes: Partial<PegasusSettings> = {}): Executor {
      const executor = createPegasusExecutor(settingsFor(standIn, { command: DOUBLE, ...changes }));
      executors.push(executor);
      return executor;
    }
    function submit(executor: Executor, token: string, action = 'exit', folder = directory): Promise<Handle> {
      mkdirSync(folder, { recursive: true });
      const batchPath = join(folder, `${token}.json`);
      writeFileSync(batchPath, JSON.stringify({ double: { marks: directory, action, code: 0 } }));
      return executor.submit({ batchPath, token, logPath: join(folder, 'logs', `${token}.log`) });
    }
    const endOf = (executor: Executor, handle: Handle) =>
      vi.waitFor(async () => {
        const status = (await executor.poll([handle])).get(handle.token);
        if (status?.state !== 'ended') throw new Error(`${handle.token} is ${status?.state}`);
        return status.ending;
      }, WAIT);
    const events = () =>
      existsSync(join(directory, 'events'))
        ? readFileSync(join(directory, 'events'), 'utf8').split('\n')
        : [];
    const started = (token: string) => vi.waitFor(() => expect(events()).toContain(`start ${token}`), WAIT);
    const submitFolder = () => join(workflowFolders(directory)[0] ?? '', 'submit');
    /** Where HTCondor takes its time to begin what it was given. */
    async function submitToSlow(token: string): Promise<{ executor: Executor; handle: Handle }> {
      standIn.remove();
      standIn = installStandIn({ STAND_IN_DAGMAN_DELAY_MS: '2000' });
      const executor = open();
      const handle = await submit(executor, token, 'hold');
      await vi.waitFor(() => expect(existsSync(join(submitFolder(), 'monitord.pid'))).toBe(true), WAIT);
      return { executor, handle };
    }
    const removed = () =>
      vi.waitFor(
        () =>
          expect(readFileSync(join(submitFolder(), 'jobstate.log'), 'utf8')).toContain('DAGMAN_FINISHED 2'),
        WAIT,
      );

    it('take in the batches of a cycle that come together, and leave what comes later to another one', async () => {
      const executor = open();
      const cycle = join(directory, 'cycle-000001');
      const handles = await Promise.all(
        ['batch-a1', 'batch-a2', 'batch-a3'].map((t) => submit(executor, t, 'exit', cycle)),
      );
      for (const handle of handles) expect((await endOf(executor, handle)).how).toBe('completed');
      const later = await submit(executor, 'batch-a4', 'exit', cycle);
      expect((await endOf(executor, later)).how).toBe('completed');
      expect(standIn.calls().filter((name) => name === 'pegasus-plan')).toHaveLength(2);
      expect(existsSync(join(cycle, 'workflow.yml'))).toBe(true);
      expect(existsSync(join(cycle, 'workflow-002', 'workflow.yml'))).toBe(true);
    });

    it('put as many batches side by side into a job as there are GPUs', async () => {
      const executor = open({ batchesPerJob: 4 });
      const tokens = ['batch-b1', 'batch-b2', 'batch-b3', 'batch-b4', 'batch-b5'];
      await Promise.all(tokens.map((token) => submit(executor, token, 'hold')));
      for (const token of tokens.slice(0, 4)) await started(token);
      const { jobs } = JSON.parse(readFileSync(join(directory, 'workflow.yml'), 'utf8'));
      expect(jobs).toHaveLength(2);
    });

    it('go on without the service, and a service without memory finds them by their files', async () => {
      const first = open();
      const handle = await submit(first, 'batch-c1', 'hold');
      await started('batch-c1');
      await first.release();
      executors.pop();
      const second = open();
      const bare: Handle = {
        executor: 'pegasus',
        token: 'batch-c1',
        id: '',
        batchPath: handle.batchPath ?? '',
      };
      expect((await second.poll([bare])).get('batch-c1')?.state).toBe('running');
      writeFileSync(join(directory, 'release'), '');
      expect((await endOf(second, bare)).how).toBe('completed');
      expect(standIn.calls().filter((name) => name === 'pegasus-plan')).toHaveLength(1);
    });

    it('show why their jobs are held', async () => {
      const executor = open();
      const handle = await submit(executor, 'batch-d1', 'hold');
      await started('batch-d1');
      expect(executor.problems([handle])).toEqual([]);
      writeFileSync(join(submitFolder(), 'held'), '');
      await vi.waitFor(
        () =>
          expect(executor.problems([handle])).toEqual([
            expect.stringMatching(/2 jobs of Pegasus are held: .*sbatch: error/),
          ]),
        WAIT,
      );
    });

    it('that somebody else removes give their batches back as revoked', async () => {
      const executor = open({ clusterSize: 1 });
      const running = await submit(executor, 'batch-e1', 'hold');
      const waiting = await submit(executor, 'batch-e2', 'exit');
      await started('batch-e1');
      process.kill(Number(readFileSync(join(submitFolder(), 'monitord.pid'), 'utf8')), 'SIGTERM');
      expect((await endOf(executor, running)).how).toBe('revoked');
      expect((await endOf(executor, waiting)).how).toBe('revoked');
      expect(events()).not.toContain('start batch-e2');
    });

    it('that fail before their jobs begin are resumed, then given back with what pegasus-analyzer says', async () => {
      const executor = open({ node: '/nowhere/node' });
      const ending = await endOf(executor, await submit(executor, 'batch-f1'));
      expect(ending.how).toBe('vanished');
      expect(ending.detail).toMatch(/pegasus-analyzer says: .* with exit code 5/);
      expect(standIn.calls().filter((name) => name === 'pegasus-run')).toHaveLength(2);
    });

    it('are resumed only when the monitor of their last start has gone, as pegasus-run refuses it until then', async () => {
      const executor = open({ node: '/nowhere/node' });
      const handle = await submit(executor, 'batch-f2');
      const calls = () => standIn.calls().filter((name) => name === 'pegasus-run').length;
      await vi.waitFor(() => expect(calls()).toBe(1), WAIT);
      expect((await endOf(executor, handle)).how).toBe('vanished');
      expect(calls()).toBe(2); // neither of them in vain
      expect(executor.condition().health.state).toBe('well');
    });

    it('are removed also when they were cancelled before HTCondor has begun them', async () => {
      const { executor, handle } = await submitToSlow('batch-g3');
      await executor.cancel([handle]);
      expect((await endOf(executor, handle)).how).toBe('cancelled');
      await removed();
      expect(standIn.calls().filter((name) => name === 'pegasus-remove').length).toBeGreaterThan(1);
      expect(events()).not.toContain('start batch-g3');
    });

    it('are removed also where an earlier service has just started them', async () => {
      const { executor: first, handle } = await submitToSlow('batch-g4');
      await first.release();
      executors.pop();
      const second = open();
      await second.cancel([handle]);
      await removed();
      expect(events()).not.toContain('start batch-g4');
    });

    it('are removed as a whole when all of their batches are cancelled', async () => {
      const executor = open({ clusterSize: 1 });
      const handles = [
        await submit(executor, 'batch-g1', 'hold'),
        await submit(executor, 'batch-g2', 'exit'),
      ];
      await started('batch-g1');
      await executor.cancel(handles);
      expect(standIn.calls()).toContain('pegasus-remove');
      for (const handle of handles) expect((await endOf(executor, handle)).how).toBe('cancelled');
      expect(events()).not.toContain('start batch-g2');
    });

    it('wait while Pegasus cannot be run, and are made when it can', async () => {
      const plan = join(standIn.binDirectory, 'pegasus-plan');
      const script = readFileSync(plan, 'utf8');
      writeFileSync(
        plan,
        '#!/bin/sh\necho "2026.11.22 18:28:19.539 UTC: [FATAL ERROR]" >&2\necho " [1] java.lang.RuntimeException: no such site" >&2\nexit 1\n',
      );
      const executor = open();
      const handle = await submit(executor, 'batch-h1');
      await vi.waitFor(
        () =>
          expect(executor.condition().health).toMatchObject({
            state: 'troubled',
            detail: expect.stringMatching(/no such site/),
          }),
        WAIT,
      );
      writeFileSync(plan, script);
      expect((await endOf(executor, handle)).how).toBe('completed');
      expect(executor.condition()).toMatchObject({ health: { state: 'well' }, version: '5.1.2' });
    });

    it('that were planned but not started, as HTCondor was away, are started without another plan', async () => {
      const plan = join(standIn.binDirectory, 'pegasus-plan');
      const script = readFileSync(plan, 'utf8');
      writeFileSync(plan, script.replace('exec ', 'export STAND_IN_NO_SUBMIT=1\nexec '));
      const executor = open();
      expect((await endOf(executor, await submit(executor, 'batch-i1'))).how).toBe('completed');
      expect(standIn.calls().filter((name) => name === 'pegasus-plan')).toHaveLength(1);
      expect(standIn.calls()).toContain('pegasus-run');
    });

    it('that an earlier service may just have started are left to start, instead of being started twice', async () => {
      const first = open();
      const plan = join(standIn.binDirectory, 'pegasus-plan');
      const script = readFileSync(plan, 'utf8');
      writeFileSync(plan, script.replace('exec ', 'export STAND_IN_NO_SUBMIT=1\nexec '));
      const handle = await submit(first, 'batch-i2', 'hold');
      await vi.waitFor(() => expect(standIn.calls()).toContain('pegasus-plan'), WAIT);
      await vi.waitFor(() => expect(first.condition().health.state).not.toBe('well'), WAIT);
      await first.release();
      executors.pop();
      const runs = () => standIn.calls().filter((name) => name === 'pegasus-run').length;
      const before = runs();
      const second = open();
      for (let i = 0; i < 5; i++) {
        await second.poll([handle]);
        await new Promise((later) => setTimeout(later, 100));
      }
      expect(runs()).toBe(before);
    });

    it('go on while pegasus-status cannot be understood, and say so', async () => {
      const executor = open();
      const handle = await submit(executor, 'batch-l1', 'hold');
      await started('batch-l1');
      writeFileSync(join(standIn.binDirectory, 'pegasus-status'), '#!/bin/sh\necho nonsense\n');
      await vi.waitFor(
        () =>
          expect(executor.problems([handle])).toEqual([
            expect.stringMatching(/does is not known: .*pegasus-status/),
          ]),
        WAIT,
      );
      appendFileSync(join(directory, 'release'), '');
      expect((await endOf(executor, handle)).how).toBe('completed');
    });

    it.each(['--array=1-3', '--output x', '--comment="two words"'])(
      'are never made where glite_arguments hold %s: the service does not start',
      (sbatchOptions) => {
        const { site } = settingsFor(standIn);
        expect(() => open({ site: { ...site, sbatchOptions } })).toThrow();
      },
    );

    it('are refused below a path that Pegasus would mangle', async () => {
      await expect(submit(open(), 'batch-j1', 'exit', join(directory, 'my session'))).rejects.toThrow(
        /only letters, digits/,
      );
    });

    it('are checked before they are made: commands, version, paths, memory', async () => {
      const { site } = settingsFor(standIn);
      const executor = open({
        sessionDir: '/cryo em1',
        site: { ...site, sbatchOptions: '--exclusive', memoryMib: 4096 },
      });
      const findings = await executor.check();
      expect(findings).toContainEqual(expect.objectContaining({ state: 'ok', detail: 'Pegasus 5.1.2.' }));
      expect(findings.map(({ subject }) => subject)).toEqual(
        expect.arrayContaining(['pegasus paths', 'pegasus memory']),
      );
      const none = open({ binDir: '/nowhere' });
      expect(await none.check()).toEqual([
        expect.objectContaining({ state: 'error', detail: expect.stringMatching(/Not found: pegasus-plan/) }),
      ]);
    });

    /** As after a restart of condor_schedd: DAGMan and its jobs are gone, its monitor has not logged the last end. */
    async function loseWorkflow(token: string): Promise<void> {
      process.kill(Number(readFileSync(join(submitFolder(), 'monitord.pid'), 'utf8')), 'SIGKILL');
      rmSync(join(submitFolder(), 'monitord.pid'));
      // Its job first, so that it does not tell the end of its worker.
      const workers = processesOf(token);
      const jobs = workers.map((pid) =>
        Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
      );
      for (const pid of [...jobs, ...workers]) process.kill(pid, 'SIGKILL');
      const log = readFileSync(new URL(`recorded/faults/${RESTARTED}`, import.meta.url), 'utf8');
      const end = log.slice(log.indexOf('\n', log.indexOf(' EXECUTE 56.0 slurm')) + 1);
      appendFileSync(join(submitFolder(), 'jobstate.log'), end);
    }

    it('that lose their DAGMan, whose end only its own log has, give their batches back', async () => {
      const executor = open();
      const handle = await submit(executor, 'batch-m1', 'hold');
      await started('batch-m1');
      await loseWorkflow('batch-m1');
      writeFileSync(join(submitFolder(), 'batch-0.dag.dagman.out'), DAGMAN_STARTING + DAGMAN_EXITING);
      expect((await endOf(executor, handle)).how).toBe('lost');
    });

    it('that HTCondor does not know any more, without a logged end, give their batches back', async () => {
      const executor = open({ clusterSize: 1 });
      const running = await submit(executor, 'batch-m2', 'hold');
      const waiting = await submit(executor, 'batch-m3', 'hold');
      await started('batch-m2');
      await loseWorkflow('batch-m2');
      writeFileSync(join(submitFolder(), 'gone'), '');
      expect((await endOf(executor, running)).how).toBe('lost');
      expect((await endOf(executor, waiting)).how).toBe('vanished');
    });

    it('that lose their DAGMan can be stopped', async () => {
      const executor = open();
      const handle = await submit(executor, 'batch-m4', 'hold');
      await started('batch-m4');
      await loseWorkflow('batch-m4');
      writeFileSync(
        join(standIn.binDirectory, 'pegasus-remove'),
        '#!/bin/sh\necho "no such job" >&2\nexit 42\n',
      );
      await executor.cancel([handle]);
      expect((await endOf(executor, handle)).how).toBe('cancelled');
    });

    it('whose DAGMan refuses to start say why, in its words', async () => {
      standIn.remove();
      standIn = installStandIn({ STAND_IN_DAGMAN_REFUSES: '1' });
      const executor = open();
      const ending = await endOf(executor, await submit(executor, 'batch-n1'));
      expect(ending.how).toBe('vanished');
      expect(ending.detail).toMatch(
        /^The workflow of Pegasus ended before this batch began\. DAGMan of HTCondor says: .*DAGMAN_USE_STRICT setting\.$/,
      );
      expect(events()).not.toContain('start batch-n1');
    });

    it('of the older Pegasus 5.0 are asked in its own words', async () => {
      standIn.remove();
      standIn = installStandIn({ STAND_IN_VERSION: '5.0.9' });
      const executor = open();
      const handle = await submit(executor, 'batch-k1', 'hold');
      await started('batch-k1');
      await vi.waitFor(() => expect(standIn.calls()).toContain('pegasus-status'), WAIT);
      expect(executor.condition().health.state).toBe('well');
      // It does not tell of held jobs: the monitor's log does, and DAGMan's has the reason.
      writeFileSync(join(submitFolder(), 'batch-0.dag.dagman.out'), HELD_LOG);
      appendFileSync(join(submitFolder(), 'jobstate.log'), '1795371761 merge_1 JOB_HELD 44.0 slurm - 3\n');
      await vi.waitFor(
        () =>
          expect(executor.problems([handle])).toEqual([
            'A job of Pegasus is held: sbatch: error: no such account',
          ]),
        WAIT,
      );
      appendFileSync(join(directory, 'release'), '');
      expect((await endOf(executor, handle)).how).toBe('completed');
    });
  });
});
