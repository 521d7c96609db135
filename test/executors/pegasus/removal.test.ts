import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { pegasusFixture, WAIT } from './fixture.ts';

describe('Pegasus workflows, replayed by a stand-in,', () => {
  const fixture = pegasusFixture();
  const { open, submit, submitWithDelay, release, endOf, events, untilStarted, submitFolder } = fixture;
  const untilRemoved = () =>
    vi.waitFor(
      () => expect(readFileSync(join(submitFolder(), 'jobstate.log'), 'utf8')).toContain('DAGMAN_FINISHED 2'),
      WAIT,
    );

  it('are removed even if they were cancelled before HTCondor started them', async () => {
    const { executor, handle } = await submitWithDelay('batch-g3');
    await executor.cancel([handle]);
    expect((await endOf(executor, handle)).how).toBe('cancelled');
    await untilRemoved();
    expect(fixture.standIn.calls().filter((name) => name === 'pegasus-remove').length).toBeGreaterThan(1);
    expect(events()).not.toContain('start batch-g3');
  });

  it('are removed even if an earlier service process has only just started them', async () => {
    const { executor: first, handle } = await submitWithDelay('batch-g4');
    await release(first);
    const second = open();
    await second.cancel([handle]);
    await untilRemoved();
    expect(events()).not.toContain('start batch-g4');
  });

  it('are removed when all of their batches are cancelled', async () => {
    const executor = open({ clusterSize: 1 });
    const handles = [await submit(executor, 'batch-g1', 'wait'), await submit(executor, 'batch-g2', 'exit')];
    await untilStarted('batch-g1');
    await executor.cancel(handles);
    expect(fixture.standIn.calls()).toContain('pegasus-remove');
    for (const handle of handles) expect((await endOf(executor, handle)).how).toBe('cancelled');
    expect(events()).not.toContain('start batch-g2');
  });

  it('end their batches as cancelled_externally if another user removes the workflows', async () => {
    const executor = open({ clusterSize: 1 });
    const runningHandle = await submit(executor, 'batch-e1', 'wait');
    const waitingHandle = await submit(executor, 'batch-e2', 'exit');
    await untilStarted('batch-e1');
    fixture.stopMonitor('SIGTERM');
    expect((await endOf(executor, runningHandle)).how).toBe('cancelled_externally');
    expect((await endOf(executor, waitingHandle)).how).toBe('cancelled_externally');
    expect(events()).not.toContain('start batch-e2');
  });
});
