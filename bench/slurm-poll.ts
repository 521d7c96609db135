import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSlurmExecutor } from '../src/executors/slurm/executor.ts';
import {
  settingsFor,
  startCluster,
  whyNoCluster,
  writeCountingWrappers,
} from '../test/support/slurm/cluster.ts';

const SECONDS = 20;

/**
 * Cost to the service of many batches in flight: time of one poll, CPU, and number of requests to Slurm. All
 * but two of the jobs are pending in a real Slurm cluster. Argument: number of batches (1000), each with one
 * movie.
 */
export async function run(args: string[]): Promise<void> {
  if (whyNoCluster !== null) throw new Error(whyNoCluster);
  const count = Number(args[0] ?? 1000);
  const cluster = await startCluster();
  const folder = mkdtempSync(join(tmpdir(), 'cryoem-bench-slurm-'));
  mkdirSync(join(folder, 'bin'));
  const programs = writeCountingWrappers(join(folder, 'bin'));
  const base = settingsFor(cluster);
  const executor = createSlurmExecutor({
    ...base,
    commands: { ...base.commands, binDir: programs.binDir },
    sbatchOptions: '--gres=gpu:a40:4 --exclusive',
    maxJobs: count,
    command: [process.execPath, resolve('test/support/slurm/worker.mjs')],
    times: { ...base.times, pollMs: 2000, jobFilePollMs: 1000 },
  });
  try {
    const handles = await Promise.all(
      Array.from({ length: count }, (_, i) => {
        const batchPath = join(folder, `batch-${i}.json`);
        writeFileSync(batchPath, JSON.stringify({ slurm: { folder, action: 'wait' } }));
        return executor.submit({ batchPath, token: `batch-${i}`, logPath: join(folder, 'logs', `${i}.log`) });
      }),
    );
    while (executor.lastKnownState().running < 2) await delay(100);
    const before = { squeue: programs.calls('squeue'), cpu: process.cpuUsage() };
    const times: number[] = [];
    const startMs = performance.now();
    while (performance.now() - startMs < SECONDS * 1000) {
      const pollStartMs = performance.now();
      const statuses = await executor.poll(handles);
      times.push(performance.now() - pollStartMs);
      if (statuses.size !== count) throw new Error('not every batch has a status');
      await delay(1000);
    }
    const { user, system } = process.cpuUsage(before.cpu);
    const sorted = times.sort((a, b) => a - b);
    const seconds = (performance.now() - startMs) / 1000;
    console.log(`batches in flight  ${count}, submitted by ${programs.calls('sbatch')} calls to sbatch`);
    console.log(
      `poll               median ${sorted[sorted.length >> 1]!.toFixed(1)} ms, worst ${sorted.at(-1)!.toFixed(1)} ms`,
    );
    console.log(
      `calls to squeue    ${programs.calls('squeue') - before.squeue} in ${(seconds / 2).toFixed(0)} intervals of 2 s`,
    );
    console.log(`CPU of the service ${((user + system) / 1e4 / seconds).toFixed(1)} %`);
    const cancelStartMs = performance.now();
    await executor.cancel(handles);
    console.log(`cancel all         ${((performance.now() - cancelStartMs) / 1000).toFixed(1)} s`);
  } finally {
    await executor.close();
    cluster.down();
    rmSync(folder, { recursive: true, force: true });
  }
}
