import { expect, it } from 'vitest';
import { copyOf, type Suite } from './suite.ts';

/** Its jobs continue without the service, and the next service finds them. */
export function outlivesItsService(suite: Suite): void {
  const { start, give, started, becomes, endOf } = suite;

  it('continues without the service: the next one finds its batches by their handles, including finished ones', async () => {
    await start(2);
    const held = await give('kept-held', 'hold');
    const done = await give('kept-done', 'exit');
    await started('kept-held', 'kept-done');
    await suite.executor.release();
    await start(2);
    expect((await endOf(copyOf(done))).how).toBe('completed');
    await becomes(copyOf(held), 'running');
    suite.fixture.release();
    expect((await endOf(copyOf(held))).how).toBe('completed');
    expect(suite.fixture.events().filter((event) => event.startsWith('start'))).toHaveLength(2);
  });

  it('stops batches of an earlier service process on cancel', async () => {
    await start(1);
    const handle = await give('kept-cancelled', 'hold');
    await started('kept-cancelled');
    await suite.executor.release();
    await start(1);
    await suite.executor.cancel([copyOf(handle)]);
    expect(suite.fixture.isRunning('kept-cancelled')).toBe(false);
    expect((await endOf(handle)).how).toBe('cancelled');
  });
}
