import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CoreSettings, DEFAULT_TIMES } from '../../src/executors/core/settings.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { describeExecutor } from './conformance.ts';

type PbsSettings = CoreSettings & { binDir: string | null; queue: string | null; commandTimeoutMs: number };

const README = resolve('src/executors/README.md');
const STAND_INS = resolve('test/executors/pbs');

/** Writes the driver in the README to a file, with imports from this checkout. Returns the path. */
function extractDriver(folder: string): string {
  const code = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(README, 'utf8'))?.[1] ?? '';
  const path = join(folder, 'pbs-executor.ts');
  writeFileSync(
    path,
    code.replaceAll(/from '(\.\.?\/[^']+)'/g, (_, to) => `from '${resolve('src/executors/pbs', to)}'`),
  );
  return path;
}

describe('the driver in the README of executors/', () => {
  let folder: string;
  let driver: string;
  let binDir: string;
  let createExecutor: (settings: PbsSettings) => Executor;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cryoem-readme-'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    driver = extractDriver(folder);
    ({ createPbsExecutor: createExecutor } = await import(/* @vite-ignore */ pathToFileURL(driver).href));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    binDir = mkdtempSync(join(folder, 'pbs-'));
    cpSync(STAND_INS, binDir, { recursive: true });
    mkdirSync(join(binDir, 'jobs'));
  });

  it('compiles under the rules of this repository, and has about 150 lines', () => {
    const config = join(folder, 'tsconfig.json');
    const typeRoots = [resolve('node_modules/@types')];
    writeFileSync(
      config,
      JSON.stringify({
        extends: resolve('tsconfig.json'),
        compilerOptions: { typeRoots, types: ['node'], noEmit: true },
        files: [driver],
        include: [],
      }),
    );
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const output = execFileSync(process.execPath, [tsc, '--noEmit', '-p', config], { encoding: 'utf8' });
    expect(output).toBe('');
    expect(readFileSync(driver, 'utf8').split('\n').length).toBeLessThan(160);
  });

  describeExecutor('pbs, from the README, with stand-ins for the programs of PBS', {
    outlivesService: true,
    create: async ({ slots, command }) =>
      createExecutor({
        binDir,
        queue: null,
        commandTimeoutMs: 20_000,
        serviceId: 'readme00',
        batchesPerJob: 1,
        maxJobs: slots,
        slots,
        maxInFlight: slots,
        batchesPerCycle: 1,
        threads: 1,
        node: process.execPath,
        installDir: resolve('.'),
        command: command ?? null,
        times: {
          ...DEFAULT_TIMES,
          pollMs: 300,
          jobFilePollMs: 50,
          gatherMs: 50,
          graceMs: 300,
          heartbeatMs: 100,
          settleMs: 500,
          fenceMs: 800,
          retryMs: 200,
          maxRetryMs: 1000,
          orphanMs: 3000,
        },
      }),
  });
});
