import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pegasusFixture, settingsFor } from './fixture.ts';

describe('Pegasus workflows, replayed by a stand-in,', () => {
  const fixture = pegasusFixture();
  const { open, submit } = fixture;

  it.each(['--array=1-3', '--output x', '--comment="two words"'])(
    'are never created if glite_arguments contain %s: the service does not start',
    (sbatchOptions) => {
      const { site } = settingsFor(fixture.standIn);
      expect(() => open({ site: { ...site, sbatchOptions } })).toThrow();
    },
  );

  it('are refused below a path that Pegasus cannot handle', async () => {
    await expect(submit(open(), 'batch-j1', 'exit', join(fixture.directory, 'my session'))).rejects.toThrow(
      /only letters, digits/,
    );
  });

  it('are checked before they are created: commands, version, paths, memory', async () => {
    const { site } = settingsFor(fixture.standIn);
    const executor = open({
      sessionDir: '/cryo em1',
      site: { ...site, sbatchOptions: '--exclusive', memoryMib: 4096 },
    });
    const findings = await executor.check();
    expect(findings).toContainEqual(expect.objectContaining({ state: 'ok', detail: 'Pegasus 5.1.2.' }));
    expect(findings.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['pegasus paths', 'pegasus memory']),
    );
    const withoutCommands = open({ binDir: '/nowhere' });
    expect(await withoutCommands.check()).toEqual([
      expect.objectContaining({ state: 'error', detail: expect.stringMatching(/Not found: pegasus-plan/) }),
    ]);
  });
});
