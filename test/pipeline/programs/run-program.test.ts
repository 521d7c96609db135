import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { PROGRAM_VARIABLES } from '../../../src/pipeline/programs/environment.ts';
import { linkedCommandLine, runProgram } from '../../../src/pipeline/programs/run-program.ts';
import { until } from '../../sessions/support.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';
import { hangingScript, isRunning, StandIns } from './stand-in.ts';

const standIns = new StandIns();
afterAll(() => standIns.remove());
const call = (path: string, changes: Partial<Parameters<typeof runProgram>[0]> = {}) =>
  runProgram({ name: 'Thing', path, args: [], cwd: standIns.top, timeoutMs: TEST_TIMEOUT_MS, ...changes });

describe('a running program', () => {
  it('receives its input and arguments, and its output is returned', async () => {
    const path = standIns.script('console.log(answers[0], args.join("+")); console.error("done");');
    const output = await call(path, { args: ['a', 'b c'], input: 'yes\n' });
    expect(output).toContain('yes a+b c');
    expect(output).toContain('done');
  });

  it.each(['--version', 'run'])('has only declared variables and the C locale: %s', async (argument) => {
    const serviceVariables = {
      LC_ALL: 'de_DE.UTF-8',
      LC_NUMERIC: 'de_DE.UTF-8',
      LANG: 'de_DE.UTF-8',
      LANGUAGE: 'de',
      LD_LIBRARY_PATH: '/opt/cuda/lib64',
      CUDA_VISIBLE_DEVICES: '1,2',
      CRYOEM_BATCH_TOKEN: 'batch-7',
      OTHER_SECRET: 'x',
    };
    for (const [name, value] of Object.entries(serviceVariables)) vi.stubEnv(name, value);
    const path = standIns.script('console.log(JSON.stringify(process.env));');
    const environment = JSON.parse(await call(path, { args: [argument] }));
    vi.unstubAllEnvs();
    const { LD_LIBRARY_PATH, CUDA_VISIBLE_DEVICES, CRYOEM_BATCH_TOKEN } = serviceVariables;
    expect(environment).toMatchObject({
      LC_ALL: 'C',
      LANG: 'C',
      PATH: process.env.PATH,
      HOME: process.env.HOME,
    });
    expect(environment).toMatchObject({ LD_LIBRARY_PATH, CUDA_VISIBLE_DEVICES, CRYOEM_BATCH_TOKEN });
    const declaredNames = [...PROGRAM_VARIABLES, 'LC_ALL', 'LANG'] as readonly string[];
    // macOS adds a variable to each process
    const undeclaredNames = Object.keys(environment).filter(
      (name) => !declaredNames.includes(name) && !name.startsWith('__CF'),
    );
    expect(undeclaredNames).toEqual([]);
  });

  it('has variables that are all in the operator guide', () => {
    const guide = readFileSync('docs/operator-guide.md', 'utf8');
    for (const name of PROGRAM_VARIABLES) expect(guide).toContain(`\`${name}\``);
  });

  it('that fails causes an error with its exit code and its last lines', async () => {
    const path = standIns.script(
      'for (let i = 0; i < 40; i++) console.log("line " + i); console.error("Segmentation fault"); process.exitCode = 3;',
    );
    await expect(call(path)).rejects.toMatchObject({
      code: 'PROGRAM_FAILED',
      message: expect.stringMatching(/Thing ended with exit code 3.*line 39\nSegmentation fault/s),
    });
    await expect(call(path)).rejects.not.toThrow(/line 5\n/);
  });

  it('that is killed by a signal causes an error that names the signal', async () => {
    const path = standIns.script('process.kill(process.pid, "SIGSEGV"); setInterval(() => {}, 1000);');
    await expect(call(path)).rejects.toThrow(/was killed by SIGSEGV/);
  });

  it('that cannot be started causes an error with the reason', async () => {
    await expect(call(join(standIns.top, 'nothing-here'))).rejects.toMatchObject({ code: 'PROGRAM_FAILED' });
  });

  it('that takes too long is stopped with all its children, even if it ignores SIGTERM, and fails', async () => {
    const pidFile = join(standIns.top, 'slow-child');
    const path = standIns.script(hangingScript(pidFile));
    const ended = call(path, { timeoutMs: 1500 });
    await expect(ended).rejects.toThrow(/did not finish within 1.5 s and was stopped.*searching/s);
    const child = Number(readFileSync(pidFile, 'utf8'));
    await until('its child is gone', () => !isRunning(child));
  });

  it('that is aborted is stopped with all its children', async () => {
    const pidFile = join(standIns.top, 'aborted-child');
    const path = standIns.script(hangingScript(pidFile));
    const controller = new AbortController();
    const ended = call(path, { signal: controller.signal });
    const outcome = expect(ended).rejects.toThrow('enough');
    await until('it has a child', () => existsSync(pidFile));
    controller.abort(new Error('enough'));
    await outcome;
    const child = Number(readFileSync(pidFile, 'utf8'));
    await until('its child is gone', () => !isRunning(child));
  });
});

describe('the output of a program', () => {
  it('is limited: a program that prints too much is stopped, and its last lines are truncated', async () => {
    const path = standIns.script(
      "const text = 'out of memory '.repeat(8000); const more = () => process.stderr.write(text, more); more();",
    );
    const error: unknown = await call(path).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: expect.stringMatching(/printed too much output and was stopped.*out of/s),
    });
    expect((error as Error).message.length).toBeLessThan(1000);
  });

  it('does not delay the result if another process keeps it open', async () => {
    const pidFile = join(standIns.top, 'other');
    const path = standIns.script(`
const child = require('node:child_process').spawn('sleep', ['300'], { stdio: 'inherit', detached: true });
child.unref(); fs.writeFileSync(${JSON.stringify(pidFile)}, String(child.pid)); console.log('done');`);
    expect(await call(path)).toBe('done\n');
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  });

  it('is returned although the program did not read its input', async () => {
    const path = standIns.script("fs.closeSync(0); console.log('done');");
    expect(await call(path, { input: 'yes\n'.repeat(100_000) })).toBe('done\n');
  });
});

describe('a command line', () => {
  it('begins with the links that the program needs', () => {
    expect(linkedCommandLine([['/raw/a b.tiff', 'movie.tiff']], 'prog', ['movie.tiff'])).toBe(
      "ln -s '/raw/a b.tiff' movie.tiff && prog movie.tiff",
    );
  });
});
