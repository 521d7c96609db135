import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/contract/api.ts';
import { MAX_UNSENT_BYTES } from '../../src/http/event-stream.ts';
import { KEY } from './memory-session-service.ts';
import { BEARER, loginCookie, serviceUnderTest } from './service-under-test.ts';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let address: string;
beforeEach(async () => {
  service = await serviceUnderTest();
  address = await service.listen();
});
afterEach(() => service.close());

const sessionEvent = (session = KEY.session, reason: string | null = null): LiveEvent => ({
  event: 'session',
  data: { ...service.sessions.summary(), session, reason },
});

interface ReceivedEvent {
  id: string | undefined;
  event: string | undefined;
  data: { session?: string; reason?: string };
}

/** Reads a stream until `count` events have arrived or it ends. */
async function listen(
  query: string,
  count: number,
  headers: Record<string, string> = BEARER,
  onOpen = () => {},
) {
  const controller = new AbortController();
  const response = await fetch(`${address}/api/v1/events${query}`, { headers, signal: controller.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events: ReceivedEvent[] = [];
  let text = '';
  onOpen();
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data !== undefined) events.push({ id: field('id'), event: field('event'), data: JSON.parse(data) });
    }
    if (events.length >= count) break;
  }
  controller.abort();
  return events;
}

describe('live events', () => {
  it('arrive with name, id and data', async () => {
    const events = await listen('', 2, BEARER, () => {
      service.sessions.publish({ id: 7, event: sessionEvent() });
      service.sessions.publish({ id: 9, event: { event: 'reset', data: { reason: 'r' } } });
    });
    expect(events).toMatchObject([
      { id: '7', event: 'session', data: KEY },
      { id: '9', event: 'reset', data: { reason: 'r' } },
    ]);
  });

  it.each([
    ['the header', '', { 'last-event-id': '2' }],
    ['the query', '?lastEventId=2', {}],
  ])('continue after the id in %s', async (_where, query, headers) => {
    for (const id of [1, 2, 3, 4]) service.sessions.publish({ id, event: sessionEvent() });
    const events = await listen(query, 2, { ...BEARER, ...headers } as Record<string, string>);
    expect(events.map((event) => event.id)).toEqual(['3', '4']);
  });

  it('continue after ids as large as those of the real service', async () => {
    const firstId = Date.now() * 1000;
    for (const id of [firstId, firstId + 1]) service.sessions.publish({ id, event: sessionEvent() });
    expect((await listen(`?lastEventId=${firstId}`, 1))[0]?.id).toBe(String(firstId + 1));
  });

  it('begin with a reset if some events are no longer stored', async () => {
    for (const id of [1, 2, 3, 4]) service.sessions.publish({ id, event: sessionEvent() });
    service.sessions.lastDroppedId = 2;
    const events = await listen('?lastEventId=1', 3);
    expect(events.map((event) => event.event)).toEqual(['reset', 'session', 'session']);
  });

  it('begin with a reset if the id is unknown', async () => {
    expect((await listen('?lastEventId=abc', 1))[0]?.event).toBe('reset');
  });

  it('are limited to the requested session', async () => {
    const query = `?${new URLSearchParams(KEY)}`;
    const events = await listen(query, 1, BEARER, () => {
      service.sessions.publish({ id: 1, event: sessionEvent('another') });
      service.sessions.publish({ id: 2, event: sessionEvent() });
    });
    expect(events.map((event) => event.id)).toEqual(['2']);
  });

  it('are refused without a token and permitted with the cookie', async () => {
    expect((await fetch(`${address}/api/v1/events`)).status).toBe(403);
    const cookie = await loginCookie(service.app);
    await listen('', 1, { cookie }, () => service.sessions.publish({ id: 1, event: sessionEvent() }));
  });

  it('are no longer sent to a client that disconnects', async () => {
    await listen('', 1, BEARER, () => service.sessions.publish({ id: 1, event: sessionEvent() }));
    await expect.poll(() => service.sessions.listeners).toBe(0);
  });

  it('end when the service closes', async () => {
    const events = listen('', 99);
    await expect.poll(() => service.sessions.listeners).toBe(1);
    await service.close();
    expect(await events).toEqual([]);
  });

  it('are dropped for a client that does not read, which gets a reset when it reads again', async () => {
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname);
    socket.pause();
    const request = `GET /api/v1/events HTTP/1.1\r\nhost: x\r\naccess_token: ${BEARER.authorization.slice(7)}\r\n\r\n`;
    socket.write(request);
    await expect.poll(() => service.sessions.listeners).toBe(1);
    const reason = 'x'.repeat(100_000);
    const sentCount = 300;
    expect(sentCount * reason.length).toBeGreaterThan(10 * MAX_UNSENT_BYTES);
    for (let id = 1; id <= sentCount; id++)
      service.sessions.publish({ id, event: sessionEvent(KEY.session, reason) });

    let receivedBytes = 0;
    let text = '';
    socket.on('data', (chunk) => {
      receivedBytes += chunk.length;
      text = (text + chunk.toString('latin1')).slice(-1000);
    });
    socket.resume();
    await expect.poll(() => text).toContain('event: reset');
    expect(text).toContain(`id: ${sentCount}\n`);
    expect(receivedBytes).toBeLessThan((sentCount * reason.length) / 2);
    socket.destroy();
  });
});
