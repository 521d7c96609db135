import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceUnderTest } from './service-under-test.ts';

let service: Awaited<ReturnType<typeof serviceUnderTest>>;
let address: URL;
beforeAll(async () => {
  service = await serviceUnderTest();
  address = new URL(await service.listen());
});
afterAll(() => service.close());

/** Sends requests for a path in one packet; the last request closes the connection. @returns all responses */
async function sendAtOnce(path: string, count: number): Promise<string> {
  const socket = connect(Number(address.port), address.hostname);
  await once(socket, 'connect');
  const request = (connection: string) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`;
  socket.write(request('keep-alive').repeat(count - 1) + request('close'));
  return text(socket).catch(() => '');
}

const responsesIn = (received: string) => received.split('HTTP/1.1 ').length - 1;
const handledRequests = () => service.log().split('"msg":"request"').length - 1;

describe('requests of one connection that arrive at once', () => {
  test('are handled if they are few', async () => {
    expect(responsesIn(await sendAtOnce('/healthz', 32))).toBe(32);
  });

  test('end the connection if they are many, and are not handled', async () => {
    const before = handledRequests();
    await sendAtOnce('/docs/json', 1500);
    expect((await fetch(new URL('/healthz', address))).status).toBe(200);
    expect(handledRequests() - before).toBeLessThan(40);
  });

  test('may be many one after the other', async () => {
    for (let i = 0; i < 50; i++) expect((await fetch(new URL('/healthz', address))).status).toBe(200);
  });
});

test('the API document is the one that is generated from the schemas', async () => {
  const response = await service.app.inject({ url: '/docs/json' });
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(response.headers['content-security-policy']).toBeDefined();
  expect(response.json()).toEqual(JSON.parse(JSON.stringify(service.app.swagger())));
});
