import { expect, test } from 'vitest';
import type { LiveEvent } from '../../../src/contract/api.ts';
import { EventRing } from '../../../src/sessions/live/events.ts';
import type { NumberedEvent } from '../../../src/sessions/service.ts';

const event = (reason: string): LiveEvent => ({ event: 'reset', data: { reason } });
const heard = (ring: EventRing, lastId: number | null) => {
  const events: NumberedEvent[] = [];
  const end = ring.subscribe(lastId, (e) => events.push(e));
  return { events, end };
};

test('a client that reconnects gets the missed events, in order, then live ones', () => {
  const ring = new EventRing(1000);
  for (const name of ['a', 'b', 'c']) ring.publish(event(name));
  const { events, end } = heard(ring, 1001);
  ring.publish(event('d'));
  end();
  ring.publish(event('e'));
  expect(events.map(({ id, event: e }) => [id, e.event === 'reset' && e.data.reason])).toEqual([
    [1002, 'b'],
    [1003, 'c'],
    [1004, 'd'],
  ]);
});

test('a client whose events are no longer kept, or of an earlier run, gets a reset', () => {
  const ring = new EventRing(1000);
  ring.publish(event('a'));
  for (const lastId of [5, 2000]) {
    const { events } = heard(ring, lastId);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ id: 1001, event: { event: 'reset' } });
  }
});

test('a new client gets live events only', () => {
  const ring = new EventRing(1000);
  ring.publish(event('a'));
  expect(heard(ring, null).events).toEqual([]);
  expect(heard(ring, 1001).events).toEqual([]);
});
