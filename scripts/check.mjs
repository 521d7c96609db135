// All checks except the tests: types, lint, strictness, unused code, generated files. (A test checks the
// import directions.)
import { spawnSync } from 'node:child_process';

const CHECKS = [
  ['types of the service', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['types of the page', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web/tsconfig.json']],
  ['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '.']],
  ['floating promises and type assertions', ['scripts/strictness.mjs']],
  ['unused files, exports and dependencies', ['node_modules/knip/bin/knip.js', '--no-config-hints']],
  ['kernels match their sources', ['scripts/build-kernels.mjs', '--check']],
  ['generated documents are up to date', ['scripts/generate-docs.mjs', '--check']],
];

let failedCount = 0;
for (const [name, args] of CHECKS) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  if (status !== 0) failedCount++;
}
process.exit(failedCount > 0 ? 1 : 0);
