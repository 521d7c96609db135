import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DEFAULT_TIMES } from '../../../src/executors/core/settings.ts';
import type { SlurmSettings } from '../../../src/executors/slurm/settings.ts';
import { TEST_TIMEOUT_MS } from '../test-timeout.ts';

const SCRIPT = resolve('scripts/slurm/cluster.sh');
const PROGRAMS = ['sbatch', 'slurmctld', 'slurmd', 'munged'];
/** Number of ports that a cluster with accounting uses. */
const PORTS = 5;
const run = promisify(execFile);

/** Why no cluster is available here, for titles of skipped tests; null if one is available. */
export const whyNoCluster: string | null = reasonForNoCluster();

function reasonForNoCluster(): string | null {
  if (process.getuid?.() !== 0) return 'needs root, to run slurmd';
  const missingPrograms = missingOf(PROGRAMS);
  return missingPrograms.length > 0 ? `needs Slurm: no ${missingPrograms.join(', ')} here` : null;
}

/** Why no cluster with accounting is available here; null if one is. CI has none. */
export function whyNoAccounting(): string | null {
  const missingPrograms = missingOf(['slurmdbd', 'mariadbd', 'mariadb-install-db', 'sacctmgr']);
  if (missingPrograms.length === 0) return whyNoCluster;
  return `needs Debian's slurmdbd, slurm-wlm-mysql-plugin and mariadb-server: no ${missingPrograms.join(', ')} here`;
}

function missingOf(programs: readonly string[]): string[] {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return programs.filter((name) => !directories.some((directory) => existsSync(join(directory, name))));
}

type Daemon = 'slurmctld' | 'c1' | 'c2';

export interface Cluster {
  readonly conf: string;
  readonly directory: string;
  /** Runs a program of Slurm on the cluster, and returns its output. */
  slurm(program: string, ...args: string[]): Promise<string>;
  /** Kills a daemon with SIGKILL. */
  kill(daemon: Daemon): Promise<void>;
  /** Stops a daemon properly. */
  stop(daemon: Daemon): Promise<void>;
  /** Starts a daemon again. */
  start(daemon: Daemon): Promise<void>;
  /** Stops the controller properly and starts it again, optionally after deleting its state of all jobs. */
  restartController(lost?: 'all jobs'): Promise<void>;
  down(): void;
}

/**
 * Starts a real Slurm cluster of two nodes on this machine, on its own ports and in its own directory.
 * @param env - see the script
 */
export async function startCluster(env: Record<string, string> = {}): Promise<Cluster> {
  // Removes clusters that killed test runs have left behind.
  spawnSync(SCRIPT, ['sweep', tmpdir()]);
  const directory = mkdtempSync(join(tmpdir(), 'cryoem-slurm-'));
  writeFileSync(join(directory, 'owner'), String(process.pid));
  const path = [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter);
  const environment = { ...process.env, ...env, PATH: path };
  const failures: string[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const result = spawnSync(SCRIPT, ['up', directory, String(freePorts())], { env: environment });
    if (result.status === 0) return clusterIn(directory, environment);
    failures.push(String(result.stderr));
  }
  throw new Error(`the cluster did not start:\n${failures.join('\n')}`);
}

/** The first of several consecutive unused ports, below the range from which the system assigns ports. */
function freePorts(): number {
  const used = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6']
      .filter(existsSync)
      .flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1))
      .map((line) => Number.parseInt(line.trim().split(/\s+/)[1]?.split(':').at(-1) ?? '', 16)),
  );
  for (;;) {
    const port = 20_000 + PORTS * Math.floor(Math.random() * 2400);
    if (Array.from({ length: PORTS }, (_, i) => port + i).every((candidate) => !used.has(candidate)))
      return port;
  }
}

function clusterIn(directory: string, env: NodeJS.ProcessEnv): Cluster {
  const conf = join(directory, 'etc', 'slurm.conf');
  const script = async (...args: string[]) => void (await run(SCRIPT, args, { env }));
  return {
    conf,
    directory,
    slurm: async (program, ...args) =>
      (await run(program, args, { env: { ...env, SLURM_CONF: conf } })).stdout,
    kill: (daemon) => script('kill', directory, daemon),
    stop: (daemon) => script('stop', directory, daemon),
    start: (daemon) => script('start', directory, daemon),
    async restartController(lost) {
      await script('stop', directory, 'slurmctld');
      const state = join(directory, 'state');
      if (lost) for (const name of readdirSync(state)) rmSync(join(state, name), { recursive: true });
      await script('start', directory, 'slurmctld');
    },
    down() {
      execFileSync(SCRIPT, ['down', directory], { env });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Id of a service; a service ignores the jobs of services with other ids. */
export const randomServiceId = (): string => Math.random().toString(36).slice(2, 10).padEnd(8, '0');

/** Settings of an executor on this cluster, with short intervals. */
export function settingsFor(cluster: Cluster, changes: Partial<SlurmSettings> = {}): SlurmSettings {
  return {
    serviceId: randomServiceId(),
    commands: { binDir: null, conf: cluster.conf, timeoutMs: TEST_TIMEOUT_MS },
    partition: 'cryoem_partition',
    account: 'trojan_123',
    sbatchOptions: '--gres=gpu:a40:1',
    timeLimit: null,
    memory: null,
    constraint: null,
    environment: null,
    template: null,
    maxJobs: 10,
    batchesPerJob: 1,
    threads: null,
    node: process.execPath,
    installDir: resolve('.'),
    command: null,
    ...changes,
    times: {
      ...DEFAULT_TIMES,
      pollMs: 250,
      jobFilePollMs: 100,
      gatherMs: 50,
      graceMs: 300,
      heartbeatMs: 200,
      settleMs: 1500,
      fenceMs: 1500,
      retryMs: 300,
      maxRetryMs: 1000,
      orphanMs: 3000,
      ...changes.times,
    },
  };
}

/** Ids of the processes that have this text in their environment, from /proc. */
export function processesOf(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch {
        return false; // the process has ended in the meantime
      }
    })
    .map(Number);
}

/** Writes wrappers of Slurm's programs into a directory. The wrappers count how often they are called. */
export function writeCountingWrappers(directory: string): { binDir: string; calls(program: string): number } {
  const log = join(directory, 'calls');
  writeFileSync(log, '');
  for (const program of ['sbatch', 'squeue', 'scancel', 'sacct']) {
    const realPath = execFileSync('which', [program], { encoding: 'utf8' }).trim();
    const script = `#!/bin/sh\necho ${program} >> '${log}'\nexec '${realPath}' "$@"\n`;
    writeFileSync(join(directory, program), script, { mode: 0o755 });
  }
  const lines = () => readFileSync(log, 'utf8').split('\n');
  return { binDir: directory, calls: (program) => lines().filter((line) => line === program).length };
}
