// Runs all tests, prints the skipped groups with their reasons and the coverage, and ends with the line `N
// passed, N failed`. Arguments are passed to vitest, without coverage: `npm test -- test/formats`. `npm test
// -- --no-coverage` runs all tests without coverage.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Used instead of the Node that runs this script: if `npm test` has just installed the packages, this script
// still runs under the system's Node, which may have any version.
const pinnedNode = join('node_modules', 'node', 'bin', 'node');
const scratch = mkdtempSync(join(tmpdir(), 'cryoem-test-'));
const coverageDir = join(scratch, 'coverage');
const vitestArguments = process.argv.slice(2);
const measuresCoverage = vitestArguments.length === 0;

// The groups of test files are in vitest.config.ts.
const runs = measuresCoverage
  ? [
      ['--project=covered*', '--coverage.enabled', `--coverage.reportsDirectory=${coverageDir}`],
      ['--project=uncovered*'],
    ]
  : [vitestArguments.filter((argument) => argument !== '--no-coverage')];

let child;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    isInterrupted = true;
    child?.kill(signal);
  });

let exitCode = 0;
const results = [];
let coverage = null;
try {
  for (const [i, args] of runs.entries()) {
    if (isInterrupted) break;
    const report = join(scratch, `report-${i}.json`);
    exitCode = Math.max(exitCode, await runVitest(report, args));
    results.push(JSON.parse(readFileSync(report, 'utf8')));
  }
  if (measuresCoverage) coverage = readCoverage(join(coverageDir, 'coverage-summary.json'));
} catch (error) {
  console.error(`The test run wrote no report: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** @returns the exit code */
function runVitest(report, args) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  child = spawn(pinnedNode, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], {
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

/** Null if there is no coverage report, for example after an interrupted run. */
function readCoverage(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).total;
  } catch {
    return null;
  }
}

// A group, or a test, that cannot run here gives the reason in its title:
// describe.skipIf(...)('... [needs X: why]').
const skipped = new Map();
const files = results.flatMap(({ testResults }) => testResults);
for (const file of files) {
  for (const test of file.assertionResults) {
    if (test.status === 'passed' || test.status === 'failed') continue;
    const groups = test.ancestorTitles.join(' > ');
    const group = groups.includes('[') || groups.includes('(') ? groups : test.fullName;
    skipped.set(group, (skipped.get(group) ?? 0) + 1);
  }
}
for (const [group, count] of skipped) console.log(`skipped: ${group} (${count} tests)`);

if (coverage !== null) {
  const parts = ['lines', 'functions', 'branches'].map(
    (kind) => `${kind} ${Math.round(coverage[kind].pct)} %`,
  );
  console.log(
    `coverage: ${parts.join(', ')} of src without engine and simulator; processes that tests start are not counted`,
  );
}

// A file that fails to load has no failed tests, but must count as a failure.
const brokenFileCount = files.filter(
  (f) => f.status === 'failed' && !f.assertionResults.some((t) => t.status === 'failed'),
).length;
const sumOf = (key) => results.reduce((sum, result) => sum + result[key], 0);
const failedTests = sumOf('numFailedTests') + brokenFileCount;
const failed = failedTests === 0 && (exitCode !== 0 || isInterrupted) ? 1 : failedTests;
console.log(`${sumOf('numPassedTests')} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
