import { expect, it } from 'vitest';
import { httpUrl, isAnyAddress, isLoopback, urlHost } from '../../src/base/host-port.ts';

it.each([
  ['localhost', 'http://localhost:80'],
  ['10.1.2.3', 'http://10.1.2.3:80'],
  ['::1', 'http://[::1]:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://127.0.0.1:80'],
])('the URL of %s is %s', (host, url) => {
  expect(httpUrl(host, 80)).toBe(url);
});

it('the URL of a service that listens on all addresses has the given host name', () => {
  expect(httpUrl('::', 80, 'node1')).toBe('http://node1:80');
  expect([isAnyAddress('::'), isAnyAddress('::1')]).toEqual([true, false]);
  expect(urlHost('fe80::2')).toBe('[fe80::2]');
});

it.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['[::1]', true],
  ['0.0.0.0', false],
  ['128.0.0.1', false],
  ['localhost.example.org', false],
])('%s is a loopback address: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
