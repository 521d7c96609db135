import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KEY } from './memory-session-service.ts';
import { PredecessorClient } from './predecessor-client.ts';
import { serviceUnderTest, TOKEN } from './service-under-test.ts';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let address = '';
beforeEach(async () => {
  service = await serviceUnderTest();
  address = await service.listen();
});
afterEach(() => service.close());

const { project, user, session } = KEY;

describe.each(['GET', 'POST'] as const)('a client of the predecessor, by %s', (method) => {
  const client = () => new PredecessorClient(address, method, TOKEN);

  it('finds the sessions of a user', async () => {
    expect(await client().sessions(project, user)).toEqual([session]);
    expect(await client().sessions(project, 'nobody')).toEqual([]);
  });

  it('starts, stops and resumes a session, and reads its status', async () => {
    expect(
      await client().start(project, user, session, { apix: 0.813, kev: 300, superresolution: 'f' }),
    ).toBe(true);
    expect(await client().status(project, user, session)).toMatchObject({
      state: 'processing_start',
      raw_files: 25,
      failed_jobs: 5,
    });
    expect(await client().stop(project, user, session)).toBe(true);
    expect(await client().resume(project, user, session, { fmdose: 1.2 })).toBe(true);
    expect(service.sessions.calls).toEqual([
      { name: 'start', values: { apix: 0.813, kev: 300, superresolution: false } },
      { name: 'stop', values: undefined },
      { name: 'resume', values: { fmdose: 1.2 } },
    ]);
  });

  it('recognizes that a session does not exist', async () => {
    expect(await client().status(project, user, 'none')).toBeNull();
    expect(await client().start(project, user, 'none', { apix: 1, kev: 300 })).toBe(false);
    expect(await client().stop(project, user, 'none')).toBe(false);
    expect(await client().resume(project, user, 'none')).toBe(false);
  });
});

it('a client that reads the six fields finds them in the responses to the same requests', async () => {
  const fields = {
    failed_jobs: 5,
    percent_current_cycle: 100,
    percent_done_total: 80,
    processed_files: 20,
    raw_files: 25,
  };
  const request = async (path: string): Promise<unknown> =>
    (await fetch(`${address}/${project}/${user}/${path}access_token=${encodeURIComponent(TOKEN)}`)).json();
  expect(await request('sessions?')).toEqual({
    sessions: [{ session_id: session, session, ...fields, state: 'needs_processing' }],
  });
  expect(await request(`session/${session}?`)).toEqual({ ...fields, state: 'needs_processing' });
  expect(await request(`session/${session}/start-processing?apix=1&kev=300&`)).toEqual({
    ...fields,
    state: 'processing_start',
    result: 'ok',
  });
});
