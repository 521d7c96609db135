import { expect, it } from 'vitest';
import type { Suite } from './suite.ts';

/** A cancelled batch ends, with all processes that it started. */
export function testCancellation(suite: Suite): void {
  const { start, submit, untilStarted, stateOf, endOf } = suite;
  const withProcesses = it.skipIf(!suite.hasProcesses);

  it('stops a running batch on cancel, and reports once that it has ended', async () => {
    await start(1);
    const handle = await submit('batch-cancelled', 'wait');
    await untilStarted('batch-cancelled');
    await suite.executor.cancel([handle]);
    expect(suite.fixture.isRunning('batch-cancelled')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
    expect(suite.endings).toHaveLength(1);
  });

  withProcesses('ends a running batch on cancel, with all processes that it started', async () => {
    await start(1);
    const handle = await submit('batch-family', 'family');
    await untilStarted('batch-family');
    await suite.executor.cancel([handle]);
    expect(suite.fixture.isRunning('batch-family')).toBe(false);
    expect(suite.fixture.isRunning('batch-family', 'child')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
    expect(suite.endings).toHaveLength(1);
  });

  withProcesses('ends a worker that ignores SIGTERM', async () => {
    await start(1);
    const handle = await submit('batch-stubborn', 'stubborn');
    await untilStarted('batch-stubborn');
    await suite.executor.cancel([handle]);
    expect(suite.fixture.events()).toContain('SIGTERM batch-stubborn');
    expect(suite.fixture.isRunning('batch-stubborn')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
  });

  it('stops a batch that is cancelled just after it was submitted, whatever the stage of its submission', async () => {
    await start(2);
    const handle = await submit('batch-hasty', 'wait');
    await suite.executor.cancel([handle]);
    expect((await endOf(handle)).how).toBe('cancelled');
    expect(suite.endings).toHaveLength(1);
    const hasRun = suite.fixture.events().includes('start batch-hasty');
    if (hasRun) expect(suite.fixture.isRunning('batch-hasty')).toBe(false);
    const next = await submit('batch-next', 'exit');
    expect((await endOf(next)).how).toBe('completed');
    expect(suite.fixture.events().includes('start batch-hasty')).toBe(hasRun);
  });

  it('never starts a batch that was cancelled while queued', async () => {
    await start(1);
    const first = await submit('batch-first', 'wait');
    await untilStarted('batch-first');
    const second = await submit('batch-second', 'exit');
    expect(await stateOf(second)).toBe('queued');
    await suite.executor.cancel([second]);
    suite.fixture.letContinue();
    expect((await endOf(first)).how).toBe('completed');
    expect((await endOf(second)).how).toBe('cancelled');
    expect(suite.fixture.events()).not.toContain('start batch-second');
  });

  it('ignores the cancellation of finished and unknown batches', async () => {
    await start(1);
    const handle = await submit('batch-ended', 'exit');
    await endOf(handle);
    await suite.executor.cancel([
      handle,
      { executor: suite.executor.name, token: 'batch-unknown', id: '1234' },
    ]);
    expect((await endOf(handle)).how).toBe('completed');
    expect(suite.endings).toHaveLength(1);
  });

  it('stops all batches on close', async () => {
    await start(2);
    await submit('close-one', 'wait');
    await submit('close-two', suite.hasProcesses ? 'family' : 'wait');
    const queued = await submit('close-three', 'exit');
    await untilStarted('close-one', 'close-two');
    await suite.executor.close();
    for (const batch of ['close-one', 'close-two']) expect(suite.fixture.isRunning(batch)).toBe(false);
    if (suite.hasProcesses) expect(suite.fixture.isRunning('close-two', 'child')).toBe(false);
    expect((await endOf(queued)).how).toBe('cancelled');
    expect(suite.endings).toHaveLength(3);
    await expect(submit('close-late', 'exit')).rejects.toMatchObject({ code: 'CANCELLED' });
  });
}
