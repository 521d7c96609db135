import { expect, it, vi } from 'vitest';
import { maxParallel, type Suite, WAIT } from './suite.ts';

/** As many batches run in parallel as there are slots. */
export function testSlots(suite: Suite): void {
  const { start, submit, untilStarted, untilState, endOf } = suite;

  it('runs as many batches in parallel as it has slots', async () => {
    await start(2);
    const handles = [await submit('side-one', 'wait'), await submit('side-two', 'wait')];
    await untilStarted('side-one', 'side-two');
    expect(suite.fixture.events().filter((event) => event.startsWith('end'))).toEqual([]);
    for (const handle of handles) await untilState(handle, 'running');
    expect(suite.executor.lastKnownState()).toMatchObject({
      queued: 0,
      running: 2,
      health: { state: 'healthy' },
    });
    expect(suite.executor.problems(handles)).toEqual([]);
    suite.fixture.letContinue();
    for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
    expect(suite.executor.lastKnownState()).toMatchObject({ queued: 0, running: 0 });
  });

  it('completes more batches than it has slots, but never runs more batches than slots in parallel', async () => {
    await start(2);
    const names = ['many-one', 'many-two', 'many-three', 'many-four', 'many-five'];
    const handles = await Promise.all(names.map((batch) => submit(batch, 'exit')));
    for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
    expect(maxParallel(suite.fixture.events())).toBeLessThanOrEqual(2);
    expect(suite.endings.map((end) => end.token).sort()).toEqual(handles.map(({ token }) => token).sort());
  });

  it('keeps batches beyond its limit in the queue until a slot is free', async () => {
    await start(2);
    const handles = await Promise.all(['first', 'second', 'third'].map((batch) => submit(batch, 'wait')));
    const starts = () => suite.fixture.events().filter((event) => event.startsWith('start'));
    await vi.waitFor(() => expect(starts()).toHaveLength(2), WAIT);
    await vi.waitFor(
      () => expect(suite.executor.lastKnownState()).toMatchObject({ queued: 1, running: 2 }),
      WAIT,
    );
    expect(starts()).toHaveLength(2);
    suite.fixture.letContinue();
    for (const handle of handles) expect((await endOf(handle)).how).toBe('completed');
    expect(maxParallel(suite.fixture.events())).toBe(2);
  });
}
