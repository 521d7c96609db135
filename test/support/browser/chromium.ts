import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** The system's Chromium; undefined if there is none. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);

/** No background traffic: a test sends requests only to the service under test. */
const QUIET_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param env - environment variables in addition to those of this process */
export const launchChromium = (
  additionalFlags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [...QUIET_FLAGS, ...additionalFlags],
    env: { ...process.env, ...env },
  });

/**
 * Chromium for tests, without its optimizing compilers: a page lives for seconds, and compiling its code
 * takes a third of its CPU time.
 */
export const launchTestChromium = (env: Readonly<Record<string, string>> = {}): Promise<Browser> =>
  launchChromium(['--js-flags=--no-opt --no-maglev'], env);
