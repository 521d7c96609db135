import { expect, test } from 'vitest';
import type { LiveEvent } from '../../../src/contract/api.ts';
import { EventRing } from '../../../src/sessions/live/events.ts';
import type { NumberedEvent } from '../../../src/sessions/service.ts';

const event = (reason: string): LiveEvent => ({ event: 'reset', data: { reason } });
const subscribe = (ring: EventRing, lastId: number | null) => {
  const events: NumberedEvent[] = [];
  const unsubscribe = ring.subscribe(lastId, (e) => events.push(e));
  return { events, end: unsubscribe };
};

test('a client that reconnects receives the missed events, in order, then live ones', () => {
  const ring = new EventRing(1000);
  for (const name of ['a', 'b', 'c']) ring.publish(event(name));
  const { events, end: unsubscribe } = subscribe(ring, 1001);
  ring.publish(event('d'));
  unsubscribe();
  ring.publish(event('e'));
  expect(events.map(({ id, event: e }) => [id, e.event === 'reset' && e.data.reason])).toEqual([
    [1002, 'b'],
    [1003, 'c'],
    [1004, 'd'],
  ]);
});

test('a client whose last event is no longer stored, or is from an earlier run of the service, receives a reset', () => {
  const ring = new EventRing(1000);
  ring.publish(event('a'));
  for (const lastId of [5, 2000]) {
    const { events } = subscribe(ring, lastId);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ id: 1001, event: { event: 'reset' } });
  }
});

test('a new client receives live events only', () => {
  const ring = new EventRing(1000);
  ring.publish(event('a'));
  expect(subscribe(ring, null).events).toEqual([]);
  expect(subscribe(ring, 1001).events).toEqual([]);
});
