import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/patience.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Bounds for what hangs, on a machine with much else to do; nothing is measured here.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: PATIENCE_MS, interval: 20 } },
    pool: 'forks',
    // As bin/cryoem runs: docs/decisions/2026-11-26-wrong-closures.md.
    execArgv: ['--no-maglev-osr'],
    // Many tests wait for processes: two files at a time keep two cores busy.
    maxWorkers: 2,
  },
});
