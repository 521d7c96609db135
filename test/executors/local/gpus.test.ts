import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createLocalExecutor } from '../../../src/executors/local/executor.ts';
import { createGpuPool, machineGpus } from '../../../src/executors/local/gpus.ts';

const directory = mkdtempSync(join(tmpdir(), 'cryoem-gpus-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('GPUs of this machine', () => {
  it('are those in CUDA_VISIBLE_DEVICES, otherwise the first ones', () => {
    expect(machineGpus(2, {})).toEqual(['0', '1']);
    expect(machineGpus(2, { CUDA_VISIBLE_DEVICES: '3, GPU-5ebe' })).toEqual(['3', 'GPU-5ebe']);
  });

  it('are distributed evenly, and reused when they are returned', () => {
    const pool = createGpuPool(['0', '1']);
    expect([pool.acquire(), pool.acquire(), pool.acquire()]).toEqual(['0', '1', '0']);
    pool.release('1');
    expect(pool.acquire()).toBe('1');
  });

  it('are assigned through CUDA_VISIBLE_DEVICES, a different one to each worker', async () => {
    const worker = `
      const { appendFileSync } = require('node:fs');
      appendFileSync(${JSON.stringify(join(directory, 'seen'))}, process.env.CUDA_VISIBLE_DEVICES + '\\n');
      process.stdin.on('end', () => process.exit(0)).resume();
      setInterval(() => require('node:fs').existsSync(${JSON.stringify(join(directory, 'go'))}) && process.exit(0), 10);`;
    const executor = createLocalExecutor({
      slots: 2,
      threads: 1,
      gpus: ['4', '6'],
      graceMs: 300,
      command: [process.execPath, '-e', worker, '--'],
    });
    let ended = 0;
    const bothEnded = new Promise<void>((resolve) => executor.onEnded(() => ++ended === 2 && resolve()));
    for (const token of ['gpu-one', 'gpu-two'])
      await executor.submit({ batchPath: join(directory, token), token, logPath: join(directory, 'log') });
    writeFileSync(join(directory, 'go'), '');
    await bothEnded;
    await executor.close();
    expect(readFileSync(join(directory, 'seen'), 'utf8').trim().split('\n').sort()).toEqual(['4', '6']);
  });
});
