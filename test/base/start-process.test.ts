import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { sendSignal } from '../../src/base/process-group.ts';
import { isSuccess } from '../../src/base/process-result.ts';
import { type ProcessOptions, runProcess, startProcess } from '../../src/base/start-process.ts';

const top = mkdtempSync(join(tmpdir(), 'base-process-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const sh = (script: string, options: ProcessOptions = {}) => runProcess(['sh', '-c', script], options);

async function waitUntil(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await sleep(20);
  expect(condition()).toBe(true);
}

describe('the result of a program', () => {
  it('has its exit code, its outputs, its command and its duration', async () => {
    const result = await sh('echo out; echo err >&2; exit 3');
    expect(result).toMatchObject({
      command: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
      exitCode: 3,
      signal: null,
      stoppedBy: null,
      startFailure: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(result.durationMs).toBeGreaterThan(0);
    expect(isSuccess(result)).toBe(false);
    expect(isSuccess(await sh('true'))).toBe(true);
  });

  it('has the signal that ended it', async () => {
    expect(await sh('kill -SEGV $$')).toMatchObject({ exitCode: null, signal: 'SIGSEGV', stoppedBy: null });
  });

  it.each([[[join(top, 'nothing-here')], 'ENOENT'], [[top], 'EACCES'], [['no-such-program-in-path', 'a']]])(
    'has the reason if the program cannot be started: %j',
    async (command, code = 'ENOENT') => {
      const { pid, ended } = startProcess(command);
      expect(pid).toBeNull();
      const result = await ended;
      expect(result).toMatchObject({ command, exitCode: null, signal: null, startFailure: { code } });
      expect(result.startFailure?.message).toMatch(new RegExp(`spawn .*${code}`));
      expect(isSuccess(result)).toBe(false);
    },
  );

  it('has the reason if the directory of the program is missing', async () => {
    const result = await sh('true', { cwd: join(top, 'none') });
    expect(result.startFailure?.code).toBe('ENOENT');
  });
});

describe('a program is started with', () => {
  it('its directory and its environment, which extends or replaces that of the service', async () => {
    process.env.BASE_TEST = 'ours';
    const script = 'echo $BASE_TEST $EXTRA; pwd -P';
    const withAddedEnv = await sh(script, { cwd: top, env: { EXTRA: 'more' } });
    expect(withAddedEnv.stdout).toMatch(/^ours more\n.*base-process/);
    const withReplacedEnv = await sh('echo $BASE_TEST $EXTRA', {
      env: { EXTRA: 'more', PATH: process.env.PATH ?? '' },
      inheritEnv: false,
    });
    expect(withReplacedEnv.stdout).toBe('more\n');
    delete process.env.BASE_TEST;
  });

  it('no standard input, or text that it need not read', async () => {
    expect((await sh('cat; echo end')).stdout).toBe('end\n');
    expect((await sh('cat', { stdin: { text: 'yes\n' } })).stdout).toBe('yes\n');
    const closed = await sh('exec 0<&-; echo done', { stdin: { text: 'yes\n'.repeat(100_000) } });
    expect(closed).toMatchObject({ exitCode: 0, stdout: 'done\n' });
  });

  it('a standard input that stays open until this process ends', async () => {
    const running = startProcess(['sh', '-c', 'cat; echo closed'], { stdin: 'held' });
    const first = await Promise.race([running.ended, sleep(300, 'open')]);
    expect(first).toBe('open');
    running.stop();
    expect(await running.ended).toMatchObject({ stoppedBy: 'stopped' });
  });
});

describe('the output of a program', () => {
  it('can be merged in the order of arrival', async () => {
    const result = await sh('echo 1; sleep 0.2; echo 2 >&2; sleep 0.2; echo 3', { mergeOutputs: true });
    expect(result).toMatchObject({ stdout: '1\n2\n3\n', stderr: '' });
  });

  it('goes to an open file', async () => {
    const path = join(top, 'log');
    const log = openSync(path, 'a');
    const { ended } = startProcess(['sh', '-c', 'echo out; echo err >&2'], { stdout: log, stderr: log });
    closeSync(log);
    expect(await ended).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe('out\nerr\n');
  });

  it('is limited: a program that prints more is stopped', async () => {
    const result = await sh('while :; do echo 0123456789; done', { maxOutputBytes: 10_000, graceMs: 200 });
    expect(result.stoppedBy).toBe('too much output');
    expect(result.stdout.length).toBeLessThanOrEqual(10_000);
    expect(isSuccess(result)).toBe(false);
  });

  it('can stop the program if it contains a given text', async () => {
    const result = await sh('echo waiting for it >&2; exec sleep 300', {
      shouldStop: (text) => text.includes('waiting'),
    });
    expect(result).toMatchObject({ stoppedBy: 'stopped', signal: 'SIGKILL', stderr: 'waiting for it\n' });
  });

  it('is not waited for if another process keeps it open', async () => {
    const result = await sh('sleep 300 & echo $!');
    sendSignal(Number(result.stdout), 'SIGKILL');
    expect(result.exitCode).toBe(0);
  });
});

describe('a program is stopped', () => {
  it('with SIGTERM, so that it can clean up', async () => {
    const result = await sh("trap 'echo bye; exit 7' TERM; echo on; while :; do sleep 0.05; done", {
      timeoutMs: 700,
      graceMs: 20_000,
    });
    expect(result).toMatchObject({ stoppedBy: 'timed out', exitCode: 7, signal: null });
    expect(result.stdout).toBe('on\nbye\n');
  });

  it('with SIGKILL if it ignores SIGTERM', async () => {
    const result = await sh("trap '' TERM; while :; do sleep 0.05; done", { timeoutMs: 300, graceMs: 200 });
    expect(result).toMatchObject({ stoppedBy: 'timed out', signal: 'SIGKILL' });
  });

  it('at once without a grace period', async () => {
    const result = await sh("trap '' TERM; exec sleep 300", { timeoutMs: 300, graceMs: 0 });
    expect(result).toMatchObject({ stoppedBy: 'timed out', signal: 'SIGKILL' });
  });

  it('by an AbortSignal, even by one that was aborted before the start', async () => {
    const stop = new AbortController();
    const running = startProcess(['sleep', '300'], { signal: stop.signal });
    stop.abort();
    expect(await running.ended).toMatchObject({ stoppedBy: 'cancelled', signal: 'SIGTERM' });
    const abortedResult = await sh('exec sleep 300', { signal: AbortSignal.abort() });
    expect(abortedResult.stoppedBy).toBe('cancelled');
  });

  it('with its entire process group, including orphaned processes', async () => {
    const pidFile = join(top, 'child');
    const running = startProcess(
      ['sh', '-c', `sh -c "trap '' TERM; echo \\$\\$ > ${pidFile}; while :; do sleep 0.05; done" & wait`],
      { group: 'ownKilledAtEnd' },
    );
    await waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'));
    const child = Number(readFileSync(pidFile, 'utf8'));
    expect(sendSignal(child, 0)).toBe(true);
    running.stop();
    await running.ended;
    await waitUntil(() => !isRunning(child));
  });
});

/** Also false for a zombie: a process that has ended but whose parent has not waited for it. */
function isRunning(pid: number): boolean {
  if (!sendSignal(pid, 0)) return false;
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return existsSync('/proc/self/stat') === false;
  }
}
