import { isAbsolute } from 'node:path';
import type { z } from 'zod';
import { isLoopback } from '../base/host-port.ts';
import type { ConfigSection } from '../contract/config.ts';
import type { GivenConfig } from './config-given.ts';
import { expectedOf, schemaOfSetting } from './config-values.ts';

/** The predecessor's example token, which is public. */
const PUBLISHED_TOKEN = 'somesecret';

/** A setting that the service cannot start with. */
export interface ConfigFault {
  /** Of the file; 0 if no line has it. */
  readonly line: number;
  readonly message: string;
}

/** Values of the wrong type, and missing keys. */
export const valueFaults = (issues: readonly z.core.$ZodIssue[], given: GivenConfig): ConfigFault[] =>
  issues.map(({ path }) => {
    const [section, key] = path.map(String) as [ConfigSection, string];
    const entry = given.entries.get(`${section}.${key}`);
    const expected = expectedOf(schemaOfSetting(section, key));
    const found = entry ? `found ${JSON.stringify(entry.value)}` : 'it is missing';
    return { line: entry?.line ?? 0, message: `[${section}] ${key}: expected ${expected}, ${found}` };
  });

/** The same of the processing parameters in `[params]`. */
export const parameterFaults = (
  faults: readonly { readonly field: string; readonly message: string }[],
  given: GivenConfig,
): ConfigFault[] =>
  faults.map(({ field, message }) => {
    const entry = given.entries.get(`params.${field}`);
    const found = JSON.stringify(entry?.value);
    return { line: entry?.line ?? 0, message: `[params] ${message}, found ${found}` };
  });

/** Checked before validation, so that this fault is reported together with those of the other settings. */
export function sessionDirFaults(given: GivenConfig): ConfigFault[] {
  const sessionDir = given.values.general?.session_dir;
  if (typeof sessionDir !== 'string' || isAbsolute(sessionDir)) return [];
  const found = JSON.stringify(sessionDir);
  const message = `[general] session_dir: expected an absolute path, found ${found}`;
  return [{ line: lineOf(given, 'general.session_dir'), message }];
}

/** A service that other machines can reach must have its own token. */
export function checkToken(given: GivenConfig): { faults: ConfigFault[]; warnings: string[] } {
  const host = String(given.values.api?.host ?? '127.0.0.1');
  const token = given.values.api?.token;
  const published = token === PUBLISHED_TOKEN;
  if (!isLoopback(host) && (published || token === undefined)) {
    const line = lineOf(given, 'api.token') || lineOf(given, 'api.host');
    const found = published ? `the published "${PUBLISHED_TOKEN}"` : 'none';
    const message = `[api] token: with host ${host}, other machines can reach the service, so it needs its own token; expected a secret word, found ${found}`;
    return { faults: [{ line, message }], warnings: [] };
  }
  if (!published) return { faults: [], warnings: [] };
  return {
    faults: [],
    warnings: ['[api] token is the published example; replace it by your own'],
  };
}

const lineOf = (given: GivenConfig, name: string): number => given.entries.get(name)?.line ?? 0;
