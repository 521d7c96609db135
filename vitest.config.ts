import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { TEST_TIMEOUT_MS } from './test/support/test-timeout.ts';

// Compiled code is shared by the many processes and threads that tests start: each takes a third less time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'node-compile');

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Ends only tests that hang, even on a busy machine; tests never assert durations.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: TEST_TIMEOUT_MS, interval: 20 } },
    pool: 'forks',
    // As in bin/cryoem; the reason is in docs/decisions/2026-11-26-wrong-closures.md.
    execArgv: ['--no-maglev-osr'],
    // Covers only code that runs in the test process itself. `npm test` prints the totals.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['**/*.as.ts', '**/*.d.ts', 'src/engine/**', 'src/simulator/**'],
      reporter: ['json-summary'],
      reportOnFailure: true,
    },
    // Many tests wait for processes, so two files at a time keep two cores busy.
    maxWorkers: 2,
  },
});
