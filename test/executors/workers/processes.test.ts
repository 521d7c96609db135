import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { TOKEN_VARIABLE } from '../../../src/contract/executors.ts';
import { endProcesses } from '../../../src/executors/workers/processes.ts';
import { isRunning } from '../process-fixture.ts';

const MEMORY_BYTES = 1 << 28;

// While the kernel frees the memory of a process, the process has no environment, and so no token.
test.each([1, 2, 3])(
  'a process counts as running until it has ended, even if freeing its memory takes a while (round %i)',
  async (round) => {
    const token = `memory-${process.pid}-${round}`;
    const worker = spawn(
      process.execPath,
      [
        '-e',
        `const memory = Buffer.alloc(${MEMORY_BYTES}, 1); console.log('filled'); setInterval(() => memory, 1e6)`,
      ],
      { env: { ...process.env, [TOKEN_VARIABLE]: token }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(worker.stdout, 'data');
      expect(await endProcesses(token, 0, null)).toBe(true);
      expect(worker.pid === undefined || isRunning(worker.pid)).toBe(false);
    } finally {
      worker.kill('SIGKILL');
    }
  },
);
