import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Bounds for what hangs, on a machine with much else to do; nothing is measured here.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Many tests wait for processes: two files at a time keep two cores busy.
    maxWorkers: 2,
  },
});
