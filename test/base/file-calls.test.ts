import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  openToAppendBelow,
  readBelow,
  readTailBelow,
  tryReadJsonBelow,
  tryReadTailBelow,
} from '../../src/base/below.ts';
import { closeFile, FileCallStuck, fileCall, stuckCalls } from '../../src/base/file-calls.ts';
import { mountPointOf } from '../../src/base/mount-points.ts';

const LIMIT_MS = 50;
const SLOTS = 4;

/** Calls that hang until the test lets them return. */
let hanging: PromiseWithResolvers<string>[] = [];
const hang = (top: string, discard?: (value: string) => unknown) => {
  const call = Promise.withResolvers<string>();
  hanging.push(call);
  return fileCall(top, `${top}/file`, () => call.promise, {
    limitMs: LIMIT_MS,
    ...(discard ? { discard } : {}),
  });
};
const quickCall = (top: string) => fileCall(top, `${top}/file`, async () => 'done');

afterEach(async () => {
  for (const { resolve } of hanging) resolve('late');
  hanging = [];
  await vi.waitFor(() => expect(stuckCalls()).toEqual([]));
});

describe('calls on the files of a session', () => {
  it('fail after a time limit; the error has the path, and the call is listed with its file system', async () => {
    const error = await hang('/a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FileCallStuck);
    expect(error).toMatchObject({ code: 'ETIMEDOUT', message: expect.stringContaining('/a/file') });
    expect(stuckCalls()).toMatchObject([{ top: '/a', path: '/a/file', mountPoint: '/' }]);
  });

  it('are refused at once if the calls in all slots of the session hang; other sessions continue', async () => {
    await Promise.allSettled(Array.from({ length: SLOTS }, () => hang('/a')));
    await expect(quickCall('/a')).rejects.toThrow(FileCallStuck);
    expect(await quickCall('/b')).toBe('done');
    expect(stuckCalls()).toHaveLength(SLOTS);
  });

  it('work again when one of the hanging calls has returned', async () => {
    await Promise.allSettled(Array.from({ length: SLOTS }, () => hang('/a')));
    hanging[0]?.resolve('late');
    await vi.waitFor(async () => expect(await quickCall('/a')).toBe('done'));
  });

  it('that wait for a slot are refused when the calls in all slots hang, and run when a slot is free', async () => {
    const slots = Array.from({ length: SLOTS }, () => hang('/a').catch(() => null));
    const waiting = expect(quickCall('/a')).rejects.toThrow(FileCallStuck);
    await Promise.all(slots);
    await waiting;
    const [first] = Array.from({ length: SLOTS }, () => hang('/c').catch(() => null));
    const next = quickCall('/c');
    hanging[SLOTS]?.resolve('in time');
    await first;
    expect(await next).toBe('done');
  });

  it('of many sessions on one file system leave threads for others', async () => {
    await Promise.allSettled(Array.from({ length: 6 * SLOTS }, (_, i) => hang(`/many-${i % 6}`)));
    expect(stuckCalls()).toHaveLength(4 * SLOTS);
  });

  it('pass on a result that arrives after the limit, so that an open file is closed', async () => {
    const discarded: string[] = [];
    await hang('/a', (value) => discarded.push(value)).catch(() => null);
    hanging[0]?.resolve('a late file');
    await vi.waitFor(() => expect(discarded).toEqual(['a late file']));
  });

  it('close a file even if the calls in all slots hang, so that it does not stay open', async () => {
    await Promise.allSettled(Array.from({ length: SLOTS }, () => hang('/a')));
    const close = vi.fn(async () => {});
    await expect(closeFile('/a', '/a/file', { close })).rejects.toThrow(FileCallStuck);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('fail with their own error, and have more time for many bytes', async () => {
    const cause = new Error('the cause');
    await expect(fileCall('/a', '/a/file', () => Promise.reject(cause))).rejects.toBe(cause);
    const slow = () => sleep(4 * LIMIT_MS).then(() => 'done');
    expect(await fileCall('/a', '/a/file', slow, { limitMs: LIMIT_MS, bytes: 2_000_000 })).toBe('done');
  });
});

describe('the mount point of a path', () => {
  it('is that of the innermost mount, even for a path that does not exist', () => {
    expect(mountPointOf('/')).toBe('/');
    expect(mountPointOf('/proc/self/nothing/here')).toBe('/proc');
    expect(mountPointOf('/procedures')).toBe('/');
  });
});

describe('a pipe in place of a file of a session', () => {
  const top = mkdtempSync(join(tmpdir(), 'base-pipes-'));
  const pipe = join(top, 'inner', 'pipe');
  beforeAll(() => {
    mkdirSync(join(top, 'inner'));
    execFileSync('mkfifo', [pipe]);
  });
  afterAll(() => rmSync(top, { recursive: true }));

  it('is not read and not written to, and does not block', async () => {
    await expect(readBelow(top, pipe)).rejects.toThrow('not a regular file');
    await expect(readTailBelow(top, pipe, 10)).rejects.toThrow('not a regular file');
    await expect(openToAppendBelow(top, pipe)).rejects.toThrow('not a regular file');
  });

  it('is treated as missing by functions that treat a damaged file as missing', async () => {
    const damaged = join(top, 'inner', 'damaged.json');
    writeFileSync(damaged, 'no JSON');
    expect(await tryReadJsonBelow(top, damaged, z.object({}))).toBeNull();
    expect(await tryReadJsonBelow(top, pipe, z.object({}))).toBeNull();
    expect(await tryReadTailBelow(top, pipe, 10)).toBeNull();
  });
});
