import { describe, expect, it } from 'vitest';
import { Executors } from '../../src/executors/registry.ts';
import { FakeExecutor } from '../sessions/fake-executor.ts';

function pair() {
  const near = new FakeExecutor(1, 'local');
  const far = new FakeExecutor(2, 'slurm');
  return { near, far, executors: new Executors([near, far]) };
}

const handle = (executor: string, token: string) => ({ executor, token, id: '' });

describe('Executors', () => {
  it('sends requests about a batch to its executor', async () => {
    const { near, far, executors } = pair();
    near.end('batch-near', 'completed', null);
    far.end('batch-far', 'failed', null, 3);
    const statuses = await executors.poll([handle('local', 'batch-near'), handle('slurm', 'batch-far')]);
    expect(statuses.get('batch-near')).toMatchObject({ ending: { how: 'completed' } });
    expect(statuses.get('batch-far')).toMatchObject({ ending: { how: 'failed', exitCode: 3 } });
  });

  it('reports vanished for a batch whose executor is no longer in the config file', async () => {
    const statuses = await pair().executors.poll([handle('pegasus', 'batch-old')]);
    expect(statuses.get('batch-old')).toMatchObject({ state: 'ended', ending: { how: 'vanished' } });
  });

  it('receives the endings of all of them', () => {
    const { near, far, executors } = pair();
    const heard: string[] = [];
    executors.onEnded((token) => heard.push(token));
    near.end('one', 'completed', null);
    far.end('two', 'completed', null);
    expect(heard).toEqual(['one', 'two']);
  });

  it('resolves a list of names in its order, and refuses unconfigured ones', () => {
    const { near, far, executors } = pair();
    expect(executors.known('slurm, local')).toEqual([far, near]);
    expect(executors.known('pegasus')).toEqual([near, far]);
    expect(() => executors.demand('local,slurm')).not.toThrow();
    expect(() => executors.demand('pegasus')).toThrow(/Not configured: pegasus/);
  });

  it('reports each with its health', () => {
    const { far, executors } = pair();
    far.health = { state: 'away', detail: 'It does not answer.', since: '2026-01-01T00:00:00.000Z' };
    expect(executors.reports().map(({ name, health }) => [name, health.state])).toEqual([
      ['local', 'well'],
      ['slurm', 'away'],
    ]);
  });
});
