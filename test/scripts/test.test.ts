import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

// During the first `npm test`, the shell still uses the system's Node, which may be too old for the tests:
// npm adds the pinned Node to PATH, but the shell remembers where it found `node` for the installation.
test('the tests run under the pinned Node, whichever Node runs the script', () => {
  const otherNode = `data:text/javascript,process.execPath = '/bin/false';`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', otherNode, 'scripts/test.mjs', 'test/scripts/lockfile.test.ts'],
    { env: { PATH: process.env.PATH, HOME: process.env.HOME }, encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 0 failed');
  expect(status).toBe(0);
});
