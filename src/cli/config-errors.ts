import { isAbsolute } from 'node:path';
import type { z } from 'zod';
import { isLoopback } from '../base/host-port.ts';
import type { ConfigSection } from '../contract/config.ts';
import { expectedOf, schemaOfSetting } from './config-values.ts';
import type { RawConfig } from './raw-config.ts';
import { MIN_TOKEN_BITS, STRONG_TOKEN, tokenBits } from './token-strength.ts';

/** The predecessor's example token, which is public. */
const PUBLISHED_TOKEN = 'somesecret';

/** A setting with which the service cannot start. */
export interface ConfigError {
  /** Line of the config file; 0 if the setting is not in the file. */
  readonly line: number;
  readonly message: string;
}

/** Values of the wrong type, and missing keys. */
export const valueErrors = (issues: readonly z.core.$ZodIssue[], rawConfig: RawConfig): ConfigError[] =>
  issues.map(({ path }) => {
    const [section, key] = path.map(String) as [ConfigSection, string];
    const entry = rawConfig.entries.get(`${section}.${key}`);
    const expected = expectedOf(schemaOfSetting(section, key));
    const found = entry ? `found ${JSON.stringify(entry.value)}` : 'it is missing';
    return { line: entry?.line ?? 0, message: `[${section}] ${key}: expected ${expected}, ${found}` };
  });

/** Like `valueErrors`, for the processing parameters in `[params]`. */
export const parameterErrors = (
  errors: readonly { readonly field: string; readonly message: string }[],
  rawConfig: RawConfig,
): ConfigError[] =>
  errors.map(({ field, message }) => {
    const entry = rawConfig.entries.get(`params.${field}`);
    const found = JSON.stringify(entry?.value);
    return { line: entry?.line ?? 0, message: `[params] ${message}, found ${found}` };
  });

/** The root directory must be an absolute path, which the schema does not check. */
export function sessionDirErrors(rawConfig: RawConfig): ConfigError[] {
  const sessionDir = rawConfig.values.general?.session_dir;
  if (typeof sessionDir !== 'string' || isAbsolute(sessionDir)) return [];
  const found = JSON.stringify(sessionDir);
  const message = `[general] session_dir: expected an absolute path, found ${found}`;
  return [{ line: lineOf(rawConfig, 'general.session_dir'), message }];
}

/**
 * A service that other machines can reach must have its own token, which cannot be guessed. If the service
 * listens on this machine only, a weak token causes a warning, because a proxy may forward requests to it.
 */
export function checkToken(rawConfig: RawConfig): { errors: ConfigError[]; warnings: string[] } {
  const host = String(rawConfig.values.api?.host ?? '127.0.0.1');
  const weakness = weaknessOf(rawConfig.values.api?.token);
  if (weakness === null) return { errors: [], warnings: [] };
  if (isLoopback(host)) return { errors: [], warnings: weakness.warning === null ? [] : [weakness.warning] };
  const line = lineOf(rawConfig, 'api.token') || lineOf(rawConfig, 'api.host');
  const message = `[api] token: with host ${host}, other machines can reach the service, so it needs its own token; expected ${STRONG_TOKEN}; found ${weakness.found}`;
  return { errors: [{ line, message }], warnings: [] };
}

/** What is wrong with a token; null if it is strong. The warning is null if another check reports it. */
function weaknessOf(token: unknown): { found: string; warning: string | null } | null {
  if (token === undefined) return { found: 'none', warning: null };
  if (token === PUBLISHED_TOKEN)
    return {
      found: `the published "${PUBLISHED_TOKEN}"`,
      warning: '[api] token is the published example; replace it with your own',
    };
  const bits = Math.floor(tokenBits(String(token)));
  if (bits >= MIN_TOKEN_BITS) return null;
  return {
    found: `one that can be guessed (at most ${bits} of ${MIN_TOKEN_BITS} bits)`,
    warning: `[api] token can be guessed; replace it with ${STRONG_TOKEN}`,
  };
}

const lineOf = (rawConfig: RawConfig, name: string): number => rawConfig.entries.get(name)?.line ?? 0;
