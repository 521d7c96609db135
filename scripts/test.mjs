// Runs all tests, prints the skipped groups with their reasons and the coverage, and ends with the line `N
// passed, N failed`. Further arguments go to vitest, without coverage: `npm test -- test/formats`. `npm test
// -- --no-coverage` runs everything without it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'cryoem-test-'));
const report = join(scratch, 'report.json');
const coverageDir = join(scratch, 'coverage');
const given = process.argv.slice(2);
const selection = given.filter((argument) => argument !== '--no-coverage');
const measuresCoverage = given.length === 0;
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...selection,
  ...(measuresCoverage ? ['--coverage.enabled', `--coverage.reportsDirectory=${coverageDir}`] : []),
];
const child = spawn(process.execPath, args, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
const exitCode = await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));

let result;
let coverage = null;
try {
  result = JSON.parse(readFileSync(report, 'utf8'));
  if (measuresCoverage) coverage = readCoverage(join(coverageDir, 'coverage-summary.json'));
} catch (error) {
  console.error(`The test run left no report: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Null if there is none, as after a run that was interrupted. */
function readCoverage(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).total;
  } catch {
    return null;
  }
}

// A group, or a test, that cannot run here gives its reason in its title: describe.skipIf(...)('... [needs X:
// why]').
const skipped = new Map();
for (const file of result.testResults) {
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
  console.log(`coverage: ${parts.join(', ')} of src (without the processes that tests start)`);
}

// A file that fails to load has no failed tests, but must count as a failure.
const brokenFiles = result.testResults.filter(
  (f) => f.status === 'failed' && !f.assertionResults.some((t) => t.status === 'failed'),
).length;
const failed =
  result.numFailedTests + brokenFiles + (exitCode !== 0 && result.numFailedTests + brokenFiles === 0 ? 1 : 0);
console.log(`${result.numPassedTests} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
