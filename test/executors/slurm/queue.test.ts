import { describe, expect, it } from 'vitest';
import { parseAccounting, parseQueue } from '../../../src/executors/slurm/queue.ts';
import { phaseOf, stuckText } from '../../../src/executors/slurm/states.ts';

const PREFIX = 'cryoem-abcdefgh-';

describe('parseQueue', () => {
  it('reads the array tasks of the service, each with state, node and reason', () => {
    const text = [
      '12|3|RUNNING|c1|cryoem-abcdefgh-0123456789ab|None',
      '12|4|PENDING||cryoem-abcdefgh-0123456789ab|(odd|reason)',
      '13|N/A|RUNNING|c2|somebody|None',
      '14|1|RUNNING|c2|cryoem-zzzzzzzz-0123456789ab|None',
      '',
    ].join('\n');
    expect(parseQueue(text, PREFIX)).toMatchObject([
      { id: '12_3', arrayId: '12', task: 3, phase: 'running', nodes: 'c1', reason: 'None' },
      { id: '12_4', task: 4, phase: 'waiting', reason: '(odd|reason)' },
    ]);
  });
});

describe('parseAccounting', () => {
  it('reads end states with the text that sacct adds', () => {
    const text =
      '5_1|COMPLETED|c1|cryoem-abcdefgh-x\n5_2|CANCELLED by 1000|c2|cryoem-abcdefgh-x\n6|FAILED|c1|other\n';
    expect(parseAccounting(text, PREFIX).map(({ id, phase }) => [id, phase])).toEqual([
      ['5_1', 'completed'],
      ['5_2', 'cancelled_externally'],
    ]);
  });
});

describe('phaseOf', () => {
  it.each([
    ['PENDING', 'waiting'],
    ['REQUEUE_HOLD', 'waiting'],
    ['COMPLETING', 'running'],
    ['SUSPENDED', 'running'],
    ['COMPLETED', 'completed'],
    ['FAILED', 'failed'],
    ['CANCELLED', 'cancelled_externally'],
    ['TIMEOUT', 'timeout'],
    ['DEADLINE', 'timeout'],
    ['OUT_OF_MEMORY', 'out_of_memory'],
    ['NODE_FAIL', 'node_failure'],
    ['BOOT_FAIL', 'node_failure'],
    ['PREEMPTED', 'preempted'],
    ['A_FUTURE_STATE', 'running'],
  ])('%s is %s', (state, phase) => {
    expect(phaseOf(state)).toBe(phase);
  });
});

describe('stuckText', () => {
  it('describes jobs that had already started once, whatever they wait for', () => {
    expect(stuckText('BeginTime', 1, true)).toMatch(
      /^A job is waiting in Slurm: .*requeued after.*\(BeginTime\)/,
    );
    expect(stuckText('JobHeldAdmin', 1, true)).toContain('held; release the hold');
  });

  it.each(['None', 'Priority', 'Resources', 'BeginTime', 'JobArrayTaskLimit'])(
    'ignores %s, which resolves itself',
    (reason) => {
      expect(stuckText(reason, 3)).toBeNull();
    },
  );

  it.each([
    ['PartitionTimeLimit', 'time_limit'],
    ['AssocGrpCpuLimit', 'limit of the account'],
    ['QOSMaxJobsPerUserLimit', 'limit of the account'],
    ['InvalidAccount', 'account in [params]'],
    ['JobHeldAdmin', 'held; release the hold'],
    ['ReqNodeNotAvail, UnavailableNodes:c1', 'no available node'],
    [
      'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
      'no available node',
    ],
    ['PartitionDown', 'partition is down'],
  ])('describes %s, with the remedy', (reason, words) => {
    const text = stuckText(reason, 3);
    expect(text).toContain(words);
    expect(text).toContain(`(${reason})`);
    expect(text).toContain('3 jobs are waiting');
  });
});
