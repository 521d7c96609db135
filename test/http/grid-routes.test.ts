import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gridHolesSchema, gridSchema } from '../../src/contract/grid.ts';
import { KEY, MemorySessionService } from './memory-session-service.ts';
import { API_URL, BEARER, serviceUnderTest } from './service-under-test.ts';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
beforeAll(async () => {
  service = await serviceUnderTest({ sessions: new MemorySessionService() });
});
afterAll(() => service.close());

const request = (url: string) => service.app.inject({ url, headers: BEARER });

describe('the grid', () => {
  it('is returned as grid squares, with the ranges of consecutive movies in each', async () => {
    const response = await request(`${API_URL}/grid`);
    expect(gridSchema.parse(response.json())).toEqual(await service.sessions.queries.grid(KEY));
  });

  it('contains, for one square, the holes with their exposures', async () => {
    const { holes, shiftUnit } = gridHolesSchema.parse((await request(`${API_URL}/grid/29273632`)).json());
    expect(shiftUnit).toBe('program');
    expect(holes.map(({ name, exposures }) => [name, exposures.length])).toEqual([['29274601', 1]]);
  });

  it('accepts any square name, including labels, and has no holes for an unknown square', async () => {
    const { square, holes } = (await request(`${API_URL}/grid/${encodeURIComponent('A/b ~7')}`)).json();
    expect({ square, holes }).toEqual({ square: 'A/b ~7', holes: [] });
  });

  it('requires authentication', async () => {
    expect((await service.app.inject({ url: `${API_URL}/grid` })).statusCode).toBe(403);
  });
});
