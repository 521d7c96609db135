import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processesOf } from '../../support/slurm/cluster.ts';
import { pegasusFixture } from './fixture.ts';

const RESTARTED_LOG = 'jobstate-schedd-restarted-5.1.2.log';
const DAGMAN_STARTING = '11/28/26 17:36:39 ** condor_scheduniv_exec.52.0 (CONDOR_DAGMAN) STARTING UP\n';
const DAGMAN_EXITING =
  '11/28/26 17:37:22 **** condor_scheduniv_exec.52.0 (condor_DAGMAN) pid 137 EXITING WITH STATUS 1\n';

describe('Pegasus workflows, replayed by a stand-in,', () => {
  const fixture = pegasusFixture();
  const { open, submit, endOf, events, untilStarted, submitFolder } = fixture;

  /**
   * Simulates a restart of condor_schedd: DAGMan and its jobs have ended, and the monitor has not logged the
   * end of DAGMan.
   */
  async function loseWorkflow(token: string): Promise<void> {
    fixture.stopMonitor('SIGKILL');
    rmSync(join(submitFolder(), 'monitord.pid'));
    // Jobs are killed before their workers, so that the jobs do not report the end of the workers.
    const workers = processesOf(token);
    const jobs = workers.map((pid) =>
      Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    );
    for (const pid of [...jobs, ...workers]) process.kill(pid, 'SIGKILL');
    const log = readFileSync(new URL(`recorded/faults/${RESTARTED_LOG}`, import.meta.url), 'utf8');
    const end = log.slice(log.indexOf('\n', log.indexOf(' EXECUTE 56.0 slurm')) + 1);
    appendFileSync(join(submitFolder(), 'jobstate.log'), end);
  }

  it('whose DAGMan has ended according to its own log only, end their batches as lost', async () => {
    const executor = open();
    const handle = await submit(executor, 'batch-m1', 'wait');
    await untilStarted('batch-m1');
    await loseWorkflow('batch-m1');
    writeFileSync(join(submitFolder(), 'batch-0.dag.dagman.out'), DAGMAN_STARTING + DAGMAN_EXITING);
    expect((await endOf(executor, handle)).how).toBe('lost');
  });

  it('that are unknown to HTCondor, without a logged end, end their batches as lost or vanished', async () => {
    const executor = open({ clusterSize: 1 });
    const runningHandle = await submit(executor, 'batch-m2', 'wait');
    const waitingHandle = await submit(executor, 'batch-m3', 'wait');
    await untilStarted('batch-m2');
    await loseWorkflow('batch-m2');
    writeFileSync(join(submitFolder(), 'gone'), '');
    expect((await endOf(executor, runningHandle)).how).toBe('lost');
    expect((await endOf(executor, waitingHandle)).how).toBe('vanished');
  });

  it('whose submit directory was deleted end their batches as lost', async () => {
    const executor = open();
    const handle = await submit(executor, 'batch-m5', 'wait');
    await untilStarted('batch-m5');
    await loseWorkflow('batch-m5');
    rmSync(submitFolder(), { recursive: true });
    expect((await endOf(executor, handle)).how).toBe('lost');
  });

  it('whose submit directory was deleted before their jobs began are planned again', async () => {
    const { executor, handle } = await fixture.submitWithDelay('batch-m6');
    fixture.stopMonitor('SIGKILL');
    rmSync(submitFolder(), { recursive: true });
    await untilStarted('batch-m6');
    writeFileSync(join(fixture.directory, 'continue'), '');
    expect((await endOf(executor, handle)).how).toBe('completed');
  });

  it('whose DAGMan has ended can be stopped', async () => {
    const executor = open();
    const handle = await submit(executor, 'batch-m4', 'wait');
    await untilStarted('batch-m4');
    await loseWorkflow('batch-m4');
    writeFileSync(
      join(fixture.standIn.binDirectory, 'pegasus-remove'),
      '#!/bin/sh\necho "no such job" >&2\nexit 42\n',
    );
    await executor.cancel([handle]);
    expect((await endOf(executor, handle)).how).toBe('cancelled');
  });

  it('whose DAGMan ended before it logged its start can be stopped without pegasus-remove', async () => {
    const { executor, handle } = await fixture.submitWithDelay('batch-m7');
    const calls = join(fixture.directory, 'removal');
    for (const command of ['pegasus-remove', 'pegasus-run'])
      writeFileSync(
        join(fixture.standIn.binDirectory, command),
        `#!/bin/sh\necho ${command} >> '${calls}'\nexit 42\n`,
      );
    fixture.stopMonitor('SIGKILL');
    rmSync(join(submitFolder(), 'monitord.pid'));
    const log = new URL('recorded/faults/jobstate-dagman-died-early-5.1.2.log', import.meta.url);
    writeFileSync(join(submitFolder(), 'jobstate.log'), readFileSync(log));
    await executor.cancel([handle]);
    expect((await endOf(executor, handle)).how).toBe('cancelled');
    expect(existsSync(calls) ? readFileSync(calls, 'utf8') : '').not.toContain('pegasus-remove');
  });

  it('whose DAGMan refuses to start report the reason from DAGMan', async () => {
    fixture.replaceStandIn({ STAND_IN_DAGMAN_REFUSES: '1' });
    const executor = open();
    const ending = await endOf(executor, await submit(executor, 'batch-n1'));
    expect(ending.how).toBe('vanished');
    expect(ending.detail).toMatch(
      /^The Pegasus workflow ended before this batch began\. HTCondor DAGMan reports: .*DAGMAN_USE_STRICT setting\.$/,
    );
    expect(events()).not.toContain('start batch-n1');
  });
});
