import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { sendSignal } from '../../../src/base/process-group.ts';
import type { Executor, Handle } from '../../../src/executors/executor.ts';
import { createPegasusExecutor } from '../../../src/executors/pegasus/executor.ts';
import { PEGASUS_TIMES, type PegasusSettings } from '../../../src/executors/pegasus/settings.ts';
import { untilEnded } from '../../support/ending.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';
import { STUB_WORKER } from '../process-fixture.ts';
import { installStandIn, type StandIn, workflowFolders } from './stand-in.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const WAIT = { timeout: TEST_TIMEOUT_MS, interval: 20 };

export function settingsFor(standIn: StandIn, changes: Partial<PegasusSettings> = {}): PegasusSettings {
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
      gatherMs: 100,
      pollMs: 200,
      jobFilePollMs: 50,
      // Each query starts a process of Node.js.
      statusMs: 1000,
      commandMs: 30_000,
      graceMs: 500,
      heartbeatMs: 100,
      goneMs: 300,
      settleMs: 200,
      fenceMs: 400,
      retryMs: 100,
      maxRetryMs: 500,
    },
    ...changes,
  };
}

/** Executors with one folder per test and with stand-ins for the commands of Pegasus. */
export function pegasusFixture() {
  let directory: string;
  let standIn: StandIn;
  const executors = new Set<Executor>();
  beforeEach(() => {
    standIn = installStandIn();
    directory = mkdtempSync(join(tmpdir(), 'cryoem-pegasus-'));
  });
  afterEach(async () => {
    for (const executor of executors) await executor.close();
    executors.clear();
    rmSync(directory, { recursive: true, force: true });
    standIn.remove();
  });

  function open(changes: Partial<PegasusSettings> = {}): Executor {
    const executor = createPegasusExecutor(settingsFor(standIn, { command: STUB_WORKER, ...changes }));
    executors.add(executor);
    return executor;
  }
  /** Releases an executor, as the service does when it shuts down: workflows continue. */
  async function release(executor: Executor): Promise<void> {
    await executor.release();
    executors.delete(executor);
  }
  function submit(executor: Executor, token: string, action = 'exit', folder = directory): Promise<Handle> {
    mkdirSync(folder, { recursive: true });
    const batchPath = join(folder, `${token}.json`);
    writeFileSync(batchPath, JSON.stringify({ stub: { folder: directory, action, code: 0 } }));
    return executor.submit({ batchPath, token, logPath: join(folder, 'logs', `${token}.log`) });
  }
  /** Installs the stand-in again, with these environment variables for its commands. */
  function replaceStandIn(environment: Readonly<Record<string, string>>): void {
    standIn.remove();
    standIn = installStandIn(environment);
  }
  /** Submits a batch whose workflow HTCondor starts with a delay. */
  async function submitWithDelay(token: string): Promise<{ executor: Executor; handle: Handle }> {
    replaceStandIn({ STAND_IN_DAGMAN_DELAY_MS: '2000' });
    const executor = open();
    const handle = await submit(executor, token, 'wait');
    await vi.waitFor(() => expect(existsSync(join(submitFolder(), 'monitord.pid'))).toBe(true), WAIT);
    return { executor, handle };
  }
  const endOf = (executor: Executor, handle: Handle) => untilEnded(executor, handle, WAIT);
  const events = () =>
    existsSync(join(directory, 'events')) ? readFileSync(join(directory, 'events'), 'utf8').split('\n') : [];
  const untilStarted = (token: string) =>
    vi.waitFor(() => expect(events()).toContain(`start ${token}`), WAIT);
  const submitFolder = () => join(workflowFolders(directory)[0] ?? '', 'submit');

  /** Sends a signal to the monitor of the first workflow. */
  const stopMonitor = (signal: NodeJS.Signals) =>
    sendSignal(Number(readFileSync(join(submitFolder(), 'monitord.pid'), 'utf8')), signal);

  return {
    stopMonitor,
    get directory() {
      return directory;
    },
    get standIn() {
      return standIn;
    },
    open,
    release,
    submit,
    submitWithDelay,
    replaceStandIn,
    endOf,
    events,
    untilStarted,
    submitFolder,
  };
}
