import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processStat } from '../../src/base/process-stat.ts';

test.skipIf(!existsSync('/proc/self/stat'))(
  'the state of a process is read, even if its name contains spaces and brackets [needs /proc]',
  async () => {
    const top = mkdtempSync(join(tmpdir(), 'cryoem-stat-'));
    const program = join(top, 'a) Z (b');
    symlinkSync('/bin/sleep', program);
    const child = spawn(program, ['1000']);
    try {
      await expect.poll(() => processStat(child.pid ?? 0)?.[0]).toBe('S');
      expect(processStat(child.pid ?? 0)?.[1]).toBe(String(process.pid));
    } finally {
      child.kill('SIGKILL');
      rmSync(top, { recursive: true });
    }
  },
);

test('there is no state of a process that does not exist', () => {
  expect(processStat(2 ** 22 + 1)).toBeNull();
});
