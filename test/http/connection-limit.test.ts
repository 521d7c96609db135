import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitConnections } from '../../src/http/connection-limit.ts';
import { serviceUnderTest } from './service-under-test.ts';

const MAX = 20;
let server: Server;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
  server = createServer((request, response) => {
    response.write('begun ');
    if (request.url !== '/stream') response.end('done');
  });
  limitConnections(server, MAX);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
});

const port = () => (server.address() as AddressInfo).port;

/** Opens a connection and sends a text. */
async function open(text: string): Promise<Socket> {
  const socket = connect(port(), '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(text);
  socket.resume(); // otherwise its end is not seen
  return socket;
}
const ask = async () => {
  return (await fetch(`http://127.0.0.1:${port()}/`, { headers: { connection: 'close' } })).text();
};

describe('connections', () => {
  test.each([
    ['incomplete headers', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['an incomplete body', 'POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx'],
    ['nothing', ''],
  ])(
    'with %s are closed if there are many, the oldest first, and other clients are served',
    async (_what, text) => {
      for (let i = 0; i < 3 * MAX; i++) {
        await open(text);
        if (i % MAX === MAX - 1) expect(await ask()).toBe('begun done');
      }
      expect(await ask()).toBe('begun done');
      expect(sockets.at(0)?.destroyed).toBe(true);
      expect(sockets.at(-1)?.destroyed).toBe(false);
    },
  );

  test('with a running response are kept', async () => {
    const stream = await open('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(stream, 'data');
    for (let i = 0; i < 3 * MAX; i++) await open('');
    await ask();
    expect(stream.destroyed).toBe(false);
  });
});

test('the service limits its connections, and the time for headers, requests and inactive clients', async () => {
  const service = await serviceUnderTest();
  const { maxConnections, headersTimeout, requestTimeout, timeout } = service.app.server;
  expect(maxConnections).toBeGreaterThan(0);
  expect(maxConnections).toBeLessThanOrEqual(1000);
  expect({ headersTimeout, requestTimeout, timeout }).toEqual({
    headersTimeout: 30_000,
    requestTimeout: 120_000,
    timeout: 600_000,
  });
  await service.close();
});
