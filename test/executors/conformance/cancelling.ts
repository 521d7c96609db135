import { expect, it } from 'vitest';
import type { Suite } from './suite.ts';

/** A cancelled batch has ended, with all that it started. */
export function cancelsBatches(suite: Suite): void {
  const { start, give, started, stateOf, endOf } = suite;
  const withProcesses = it.skipIf(!suite.hasProcesses);

  it('stops a running batch on cancel, and reports it once', async () => {
    await start(1);
    const handle = await give('batch-cancelled', 'hold');
    await started('batch-cancelled');
    await suite.executor.cancel([handle]);
    expect(suite.fixture.isRunning('batch-cancelled')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
    expect(suite.ends).toHaveLength(1);
  });

  withProcesses('ends a running batch on cancel, and what it started with it', async () => {
    await start(1);
    const handle = await give('batch-family', 'family');
    await started('batch-family');
    await suite.executor.cancel([handle]);
    expect(suite.fixture.isRunning('batch-family')).toBe(false);
    expect(suite.fixture.isRunning('batch-family', 'child')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
    expect(suite.ends).toHaveLength(1);
  });

  withProcesses('ends a worker that ignores SIGTERM', async () => {
    await start(1);
    const handle = await give('batch-stubborn', 'stubborn');
    await started('batch-stubborn');
    await suite.executor.cancel([handle]);
    expect(suite.fixture.events()).toContain('SIGTERM batch-stubborn');
    expect(suite.fixture.isRunning('batch-stubborn')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
  });

  it('stops a batch that is cancelled just after it was submitted, at any stage of the submission', async () => {
    await start(2);
    const handle = await give('batch-hasty', 'hold');
    await suite.executor.cancel([handle]);
    expect((await endOf(handle)).how).toBe('cancelled');
    expect(suite.ends).toHaveLength(1);
    const hasRun = suite.fixture.events().includes('start batch-hasty');
    if (hasRun) expect(suite.fixture.isRunning('batch-hasty')).toBe(false);
    const next = await give('batch-next', 'exit');
    expect((await endOf(next)).how).toBe('completed');
    expect(suite.fixture.events().includes('start batch-hasty')).toBe(hasRun);
  });

  it('never starts a batch that was cancelled while queued', async () => {
    await start(1);
    const first = await give('batch-first', 'hold');
    await started('batch-first');
    const second = await give('batch-second', 'exit');
    expect(await stateOf(second)).toBe('queued');
    await suite.executor.cancel([second]);
    suite.fixture.release();
    expect((await endOf(first)).how).toBe('completed');
    expect((await endOf(second)).how).toBe('cancelled');
    expect(suite.fixture.events()).not.toContain('start batch-second');
  });

  it('ignores a cancel of finished and unknown batches', async () => {
    await start(1);
    const handle = await give('batch-ended', 'exit');
    await endOf(handle);
    await suite.executor.cancel([
      handle,
      { executor: suite.executor.name, token: 'batch-unknown', id: '1234' },
    ]);
    expect((await endOf(handle)).how).toBe('completed');
    expect(suite.ends).toHaveLength(1);
  });

  it('stops everything on close', async () => {
    await start(2);
    await give('close-one', 'hold');
    await give('close-two', suite.hasProcesses ? 'family' : 'hold');
    const queued = await give('close-three', 'exit');
    await started('close-one', 'close-two');
    await suite.executor.close();
    for (const batch of ['close-one', 'close-two']) expect(suite.fixture.isRunning(batch)).toBe(false);
    if (suite.hasProcesses) expect(suite.fixture.isRunning('close-two', 'child')).toBe(false);
    expect((await endOf(queued)).how).toBe('cancelled');
    expect(suite.ends).toHaveLength(3);
    await expect(give('close-late', 'exit')).rejects.toMatchObject({ code: 'CANCELLED' });
  });
}
