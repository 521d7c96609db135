import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// A mistake in the script would skip the tests that need the packages, and nothing else would fail.
test('install-debian.sh installs each missing program with apt-get', () => {
  const top = mkdtempSync(join(tmpdir(), 'cryoem-install-'));
  try {
    const bin = join(top, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'apt-get'), '#!/bin/sh\necho "apt-get $*"\n');
    chmodSync(join(bin, 'apt-get'), 0o755);
    const result = spawnSync('/bin/sh', ['scripts/install-debian.sh'], {
      env: { PATH: bin },
      encoding: 'utf8',
    });
    expect(result.status).toBe(0);
    const [message, ...calls] = result.stderr.trim().split('\n');
    expect(message).toMatch(/^Installing Debian packages for the tests:/);
    const install = calls.find((line) => line.startsWith('apt-get install')) ?? '';
    for (const name of [
      'chromium',
      'libtiff-tools',
      'curl',
      'python3',
      'git',
      'relion',
      'slurm-client',
      'openssl',
    ])
      expect(install.split(' ')).toContain(name);
    expect(calls).toHaveLength(2);
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
});
