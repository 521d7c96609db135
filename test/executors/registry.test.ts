import { describe, expect, it } from 'vitest';
import { Executors } from '../../src/executors/registry.ts';
import { FakeExecutor } from '../sessions/fake-executor.ts';

function createExecutors() {
  const local = new FakeExecutor(1, 'local');
  const slurm = new FakeExecutor(2, 'slurm');
  return { local, slurm, executors: new Executors([local, slurm]) };
}

const handle = (executor: string, token: string) => ({ executor, token, id: '' });

describe('Executors', () => {
  it('sends requests about a batch to its executor', async () => {
    const { local, slurm, executors } = createExecutors();
    local.end('batch-near', 'completed', null);
    slurm.end('batch-far', 'failed', null, 3);
    const statuses = await executors.poll([handle('local', 'batch-near'), handle('slurm', 'batch-far')]);
    expect(statuses.get('batch-near')).toMatchObject({ ending: { how: 'completed' } });
    expect(statuses.get('batch-far')).toMatchObject({ ending: { how: 'failed', exitCode: 3 } });
  });

  it('reports vanished for a batch whose executor is no longer in the config file', async () => {
    const statuses = await createExecutors().executors.poll([handle('pegasus', 'batch-old')]);
    expect(statuses.get('batch-old')).toMatchObject({ state: 'ended', ending: { how: 'vanished' } });
  });

  it('reports the endings from all executors', () => {
    const { local, slurm, executors } = createExecutors();
    const endedTokens: string[] = [];
    executors.onEnded((token) => endedTokens.push(token));
    local.end('one', 'completed', null);
    slurm.end('two', 'completed', null);
    expect(endedTokens).toEqual(['one', 'two']);
  });

  it('returns the configured executors of a list in the order of the list, or all executors if none of them is configured; assertConfigured refuses names that are not configured', () => {
    const { local, slurm, executors } = createExecutors();
    expect(executors.configured('slurm, local')).toEqual([slurm, local]);
    expect(executors.configured('pegasus')).toEqual([local, slurm]);
    expect(() => executors.assertConfigured('local,slurm')).not.toThrow();
    expect(() => executors.assertConfigured('pegasus')).toThrow(/Not configured: pegasus/);
  });

  it('reports each executor with its health', () => {
    const { slurm, executors } = createExecutors();
    slurm.health = {
      state: 'unreachable',
      detail: 'It does not respond.',
      since: '2026-01-01T00:00:00.000Z',
    };
    expect(executors.reports().map(({ name, health }) => [name, health.state])).toEqual([
      ['local', 'healthy'],
      ['slurm', 'unreachable'],
    ]);
  });
});
