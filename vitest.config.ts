import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { TEST_TIMEOUT_MS } from './test/support/test-timeout.ts';

// Compiled code is shared by the many processes and threads that tests start: each takes a third less time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'node-compile');

const filesIn = (...folders: string[]) => folders.map((folder) => `test/${folder}/**/*.test.ts`);
/**
 * Tests that leave nothing behind in their process: their files share processes, which saves loading the modules
 * for each file.
 */
const SHARED = filesIn('contract', 'formats', 'http');
/**
 * `npm test` runs these without coverage: numeric code takes three times as long while it is measured, and the
 * tests of the page, of whole processes and of the source files run almost no code of src in their own process.
 */
const UNCOVERED_SHARED = filesIn('engine', 'simulator', 'support', 'web');
const UNCOVERED = [...filesIn('e2e'), 'test/*.test.ts'];

/** Five waits of a test that fails, one after the other. */
const HANG_LIMIT_MS = 5 * TEST_TIMEOUT_MS;

/** A group of test files. `npm test` selects groups by the beginning of their names. */
const project = (name: string, include: string[], isolate: boolean, exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, isolate, exclude },
});

export default defineConfig({
  test: {
    projects: [
      project('covered', ['test/**/*.test.ts'], true, [...SHARED, ...UNCOVERED, ...UNCOVERED_SHARED]),
      project('covered, shared', SHARED, false),
      project('uncovered', UNCOVERED, true),
      project('uncovered, shared', UNCOVERED_SHARED, false),
    ],
    // Ends only tests that hang, even on a busy machine; tests never assert durations.
    testTimeout: HANG_LIMIT_MS,
    hookTimeout: HANG_LIMIT_MS,
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
    // On two cores: many tests wait for processes about a third of the time.
    maxWorkers: 3,
  },
});
