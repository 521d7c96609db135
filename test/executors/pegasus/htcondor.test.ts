import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { pegasusFixture, WAIT } from './fixture.ts';

/** The output of condor_q while condor_schedd is down. */
const DOWN = `#!/bin/sh
echo '-- Failed to fetch ads from: <127.0.0.1:9618?addrs=127.0.0.1-9618> : submit.example.org'
echo 'CEDAR:6001:Failed to connect to <127.0.0.1:9618>' >&2
exit 1
`;
const UP = '#!/bin/sh\necho "Total for query: 0 jobs; 0 completed"\n';

describe('while HTCondor does not respond,', () => {
  const fixture = pegasusFixture();
  const { open, submit, endOf } = fixture;
  const replaceCondorQ = (script: string) =>
    writeFileSync(join(fixture.standIn.binDirectory, 'condor_q'), script, { mode: 0o755 });

  it('the session and the executor report it, nothing is planned, and batches continue automatically', async () => {
    replaceCondorQ(DOWN);
    const executor = open();
    await vi.waitFor(() => expect(executor.lastKnownState().health.state).toBe('unreachable'), WAIT);
    const handle = await submit(executor, 'batch-q1');
    await vi.waitFor(
      () =>
        expect(executor.problems([handle])).toContainEqual(
          expect.stringMatching(/^HTCondor does not respond: .*Failed to connect.*\.$/),
        ),
      WAIT,
    );
    expect(fixture.standIn.calls()).not.toContain('pegasus-plan');
    replaceCondorQ(UP);
    expect((await endOf(executor, handle)).how).toBe('completed');
    expect(executor.lastKnownState().health.state).toBe('healthy');
  });

  it('a running workflow has a warning, although its files show nothing', async () => {
    replaceCondorQ(UP);
    const executor = open();
    const handle = await submit(executor, 'batch-q2', 'wait');
    await fixture.untilStarted('batch-q2');
    expect(executor.problems([handle])).toEqual([]);
    replaceCondorQ(DOWN);
    await vi.waitFor(
      () => expect(executor.problems([handle]).join()).toMatch(/HTCondor does not respond/),
      WAIT,
    );
    writeFileSync(join(fixture.directory, 'continue'), '');
    expect((await endOf(executor, handle)).how).toBe('completed');
  });

  it('cryoem doctor calls condor_q, instead of only looking for it', async () => {
    replaceCondorQ(DOWN);
    const executor = open();
    expect(await executor.check()).toContainEqual(
      expect.objectContaining({
        subject: 'htcondor',
        state: 'error',
        detail: expect.stringMatching(/does not respond/),
        remedy: expect.stringMatching(/condor_master/),
      }),
    );
    replaceCondorQ(UP);
    expect(await executor.check()).toContainEqual(
      expect.objectContaining({ subject: 'htcondor', state: 'ok' }),
    );
  });
});
