import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { pegasusFixture, WAIT } from './fixture.ts';

describe('workflows, replayed by a stand-in of Pegasus,', () => {
  const fixture = pegasusFixture();
  const { open, submit, submitToSlow, release, endOf, events, started, submitFolder } = fixture;
  const removed = () =>
    vi.waitFor(
      () => expect(readFileSync(join(submitFolder(), 'jobstate.log'), 'utf8')).toContain('DAGMAN_FINISHED 2'),
      WAIT,
    );

  it('are removed also if they were cancelled before HTCondor has started them', async () => {
    const { executor, handle } = await submitToSlow('batch-g3');
    await executor.cancel([handle]);
    expect((await endOf(executor, handle)).how).toBe('cancelled');
    await removed();
    expect(fixture.standIn.calls().filter((name) => name === 'pegasus-remove').length).toBeGreaterThan(1);
    expect(events()).not.toContain('start batch-g3');
  });

  it('are removed also if an earlier service process has just started them', async () => {
    const { executor: first, handle } = await submitToSlow('batch-g4');
    await release(first);
    const second = open();
    await second.cancel([handle]);
    await removed();
    expect(events()).not.toContain('start batch-g4');
  });

  it('are removed when all of their batches are cancelled', async () => {
    const executor = open({ clusterSize: 1 });
    const handles = [await submit(executor, 'batch-g1', 'hold'), await submit(executor, 'batch-g2', 'exit')];
    await started('batch-g1');
    await executor.cancel(handles);
    expect(fixture.standIn.calls()).toContain('pegasus-remove');
    for (const handle of handles) expect((await endOf(executor, handle)).how).toBe('cancelled');
    expect(events()).not.toContain('start batch-g2');
  });

  it('return their batches as revoked if another user removes them', async () => {
    const executor = open({ clusterSize: 1 });
    const running = await submit(executor, 'batch-e1', 'hold');
    const waiting = await submit(executor, 'batch-e2', 'exit');
    await started('batch-e1');
    process.kill(Number(readFileSync(join(submitFolder(), 'monitord.pid'), 'utf8')), 'SIGTERM');
    expect((await endOf(executor, running)).how).toBe('revoked');
    expect((await endOf(executor, waiting)).how).toBe('revoked');
    expect(events()).not.toContain('start batch-e2');
  });
});
