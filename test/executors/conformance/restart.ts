import { expect, it } from 'vitest';
import { copyOf, type Suite } from './suite.ts';

/** Jobs continue without the service, and the next service finds them. */
export function testRestart(suite: Suite): void {
  const { start, submit, untilStarted, untilState, endOf } = suite;

  it('lets batches continue without the service; the next service finds them by their handles, even those that have finished', async () => {
    await start(2);
    const runningHandle = await submit('kept-held', 'wait');
    const finishedHandle = await submit('kept-done', 'exit');
    await untilStarted('kept-held', 'kept-done');
    await suite.executor.release();
    await start(2);
    expect((await endOf(copyOf(finishedHandle))).how).toBe('completed');
    await untilState(copyOf(runningHandle), 'running');
    suite.fixture.letContinue();
    expect((await endOf(copyOf(runningHandle))).how).toBe('completed');
    expect(suite.fixture.events().filter((event) => event.startsWith('start'))).toHaveLength(2);
  });

  it('stops batches of an earlier service process on cancel', async () => {
    await start(1);
    const handle = await submit('kept-cancelled', 'wait');
    await untilStarted('kept-cancelled');
    await suite.executor.release();
    await start(1);
    await suite.executor.cancel([copyOf(handle)]);
    expect(suite.fixture.isRunning('kept-cancelled')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
  });
}
