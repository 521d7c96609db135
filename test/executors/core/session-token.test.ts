import { describe, expect, it } from 'vitest';
import { tokenLayout } from '../../../src/executors/core/group-folder.ts';
import { sessionToken } from '../../../src/executors/core/session-token.ts';

const folderOf = (project: string, user: string, session: string) =>
  `/cryoem1/${project}/sessions/${user}/${session}/workflow/cycle-000001`;

describe('project, user and session of a job, which administrators see,', () => {
  it('are one token of letters, digits and . _ = -, which need no quotes', () => {
    expect(sessionToken(folderOf('p_1', 'ttrojan', '20210427113_usc'))).toBe('p_1.ttrojan.20210427113_usc');
    const sanitized = sessionToken(folderOf('my project', 'müller', "a'b$(c)|d\n+e"));
    expect(sanitized).toMatch(/^[A-Za-z0-9._=-]+$/);
    expect(sanitized).toBe('my-project.m-ller.a-b--c--d--e');
  });

  it('are at most 40 characters each, so that names of jobs stay within 255 characters', () => {
    const token = sessionToken(folderOf('p'.repeat(200), 'u'.repeat(200), 's'.repeat(200)));
    expect(token).toHaveLength(3 * 40 + 2);
  });

  it('do not exist for a batch outside the directory of a session', () => {
    expect(sessionToken('/tmp/batches')).toBeNull();
  });

  it('are part of the names of the folder and its jobs; names in the format of earlier versions are still recognised', async () => {
    const layout = tokenLayout('slurm', 'service0');
    const folder = await layout.claim(folderOf('p_1', 'ttrojan', 's1'));
    expect(layout.nameOf(folder)).toMatch(/^cryoem-service0-[0-9a-f]{12}-p_1\.ttrojan\.s1$/);
    expect(layout.nameOf('/x/slurm-0123456789ab')).toBe('cryoem-service0-0123456789ab');
  });
});
